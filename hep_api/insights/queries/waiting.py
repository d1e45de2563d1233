"""What nobody has answered, said once for the attention list and the morning: parts of statements in which `talk` is a
conversation. They hold no parameters, so they stand in statements of either way of naming them.
"""

# The number of the staff's last message; 0 before there is one.
LAST_OF_STAFF = """coalesce((SELECT said.seq FROM message AS said
                         WHERE said.clinic_id = talk.clinic_id AND said.conversation_id = talk.id
                           AND said.sender_id <> talk.patient_id ORDER BY said.seq DESC LIMIT 1), 0)"""

# What the patient has written since; `last.by_staff` is the number above.
UNANSWERED = """message AS said
        WHERE said.clinic_id = talk.clinic_id AND said.conversation_id = talk.id AND said.seq > last.by_staff"""
