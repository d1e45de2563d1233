"""The rules of the attention list, pure: each looks at one patient and finds something, or nothing."""
