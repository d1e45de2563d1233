"""The red-flag phrases that every clinic begins with: what in a patient's words a physiotherapist acts on at once.

They are of heart and lungs, cauda equina, stroke, a clotted vein, infection, a fall or fracture, and of wishing to die;
in the words of patients and not of textbooks. A trailing `*` stands for any ending of the word. All languages are
looked for in every message, as people write in more than one.
"""

from collections.abc import Mapping

ENGLISH = (
    "chest pain", "pain in my chest", "pain in the chest", "chest hurts", "chest is hurting", "chest is tight",
    "chest feels tight", "tight chest", "chest tightness", "pressure on my chest", "pressure in my chest",
    "can't breathe", "cannot breathe", "can not breathe", "hard to breathe", "trouble breathing",
    "difficulty breathing", "difficult to breathe", "struggling to breathe", "short of breath", "shortness of breath",
    "coughing blood", "coughing up blood", "coughed up blood",
    "numb between my legs", "numbness between my legs", "numb around my bottom", "numb saddle", "saddle numbness",
    "numb groin", "numbness in my groin", "genitals are numb", "numb genitals",
    "can't pee", "cannot pee", "can't urinate", "cannot urinate", "unable to urinate", "wet myself", "wetting myself",
    "soiled myself", "lost control of my bladder", "lost control of my bowel*", "loss of bladder control",
    "loss of bowel control", "can't control my bladder", "cannot control my bladder", "can't control my bowel*",
    "cannot control my bowel*",
    "both legs are weak", "both legs are numb", "can't feel my leg*", "cannot feel my leg*",
    "can't move my leg*", "cannot move my leg*", "can't feel my arm", "cannot feel my arm", "can't move my arm",
    "cannot move my arm", "foot drop",
    "face is drooping", "face drooping", "slurred speech", "speech is slurred",
    "sudden weakness", "worst headache", "lost my vision", "seeing double", "double vision",
    "passed out", "blacked out", "fainted", "lost consciousness",
    "calf is swollen", "swollen calf", "calf is hot", "leg is swollen and", "calf is red",
    "high fever", "fever and chills", "wound is leaking", "wound is open", "wound smells", "pus",
    "can't put weight on", "cannot put weight on", "can't bear weight", "cannot bear weight", "can't walk anymore",
    "heard a crack and", "think it is broken", "think it's broken", "dislocated",
    "suicid*", "kill myself", "killing myself", "end my life", "ending my life", "take my own life", "want to die",
    "wish i was dead", "wish i were dead", "better off dead", "don't want to live", "do not want to live",
    "hurt myself on purpose", "harm myself", "harming myself", "self harm", "selfharm",
)  # fmt: skip
SPANISH = (
    "dolor en el pecho", "dolor de pecho", "me duele el pecho", "duele mucho el pecho", "dolor toracico",
    "opresión en el pecho", "presión en el pecho", "no puedo respirar", "me cuesta respirar", "falta de aire",
    "me falta el aire", "me ahogo", "dificultad para respirar", "toso sangre", "tos con sangre",
    "adormecimiento en la entrepierna", "adormecida la entrepierna", "adormecidos los genitales",
    "no siento la entrepierna", "no siento los genitales", "no puedo orinar", "no puedo hacer pis", "me orino encima",
    "me hago pis encima", "me hago encima", "no controlo la orina", "no controlo el esfínter",
    "pérdida de control de esfínteres", "no siento la pierna", "no siento las piernas", "no puedo mover la pierna",
    "no puedo mover las piernas", "no siento el brazo", "no puedo mover el brazo", "se me cae el pie", "pie caído",
    "cara caída", "boca torcida", "hablo raro de repente", "debilidad repentina",
    "peor dolor de cabeza", "veo doble", "me desmayé", "me he desmayado", "desmayo",
    "perdí el conocimiento", "perdí la conciencia", "pantorrilla hinchada", "gemelo hinchado", "pierna hinchada y",
    "fiebre alta", "fiebre y escalofríos", "herida abierta", "herida supura", "pus",
    "no puedo apoyar la pierna", "no puedo apoyar el pie", "hueso roto", "creo que está roto", "creo que está rota",
    "dislocad*", "suicid*", "matarme", "me quiero morir", "quiero morir", "quitarme la vida", "acabar con mi vida",
    "no quiero vivir", "estaría mejor muerto", "estaría mejor muerta", "hacerme daño", "autolesi*",
)  # fmt: skip
GERMAN = (
    "brustschmerz*", "schmerzen in der brust", "schmerz in der brust", "brust tut weh", "druck auf der brust",
    "druck in der brust", "enge in der brust", "engegefühl in der brust", "bekomme keine luft", "kriege keine luft",
    "bekomme schlecht luft",
    "kriege schlecht luft", "kann nicht atmen", "kann kaum atmen", "atemnot", "kurzatmig*", "luftnot", "huste blut",
    "blut gehustet", "taub zwischen den beinen", "taubheit zwischen den beinen", "taubheitsgefühl zwischen den beinen",
    "taubheit im schritt", "taubheitsgefühl im schritt", "reithosen*", "taub im genital*", "taubheit im genital*",
    "kann nicht pinkeln", "kann kein wasser lassen", "kann nicht wasser lassen", "in die hose gemacht", "eingenässt",
    "kontrolle über die blase", "kontrolle über meine blase", "kontrolle über den darm", "kontrolle über meinen darm",
    "spüre mein bein nicht", "spüre meine beine nicht", "kann mein bein nicht bewegen",
    "kann meine beine nicht bewegen", "spüre meinen arm nicht", "kann meinen arm nicht bewegen", "beine sind gelähmt",
    "bein ist gelähmt", "lähmung*", "fußheber*", "mundwinkel hängt", "gesicht hängt",
    "sprachstörung*", "plötzliche schwäche", "plötzlich schwach", "schlimmste kopfschmerzen",
    "sehe doppelt", "doppelbilder", "ohnmächtig", "ohnmacht", "bewusstlos", "bewusstsein verloren",
    "wade ist geschwollen", "geschwollene wade", "wade ist heiß", "wade ist rot", "bein ist geschwollen und",
    "hohes fieber", "fieber und schüttelfrost", "schüttelfrost", "wunde ist offen", "wunde nässt", "wunde eitert",
    "eiter", "kann nicht auftreten", "kann nicht mehr auftreten", "knochen gebrochen",
    "ausgekugelt", "suizid*", "selbstmörd*", "mich umbringen", "umbringen will",
    "bringe mich um", "will sterben", "möchte sterben", "will nicht mehr leben", "möchte nicht mehr leben",
    "mir das leben nehmen", "lieber tot", "besser tot", "mich selbst verletz*", "selbstverletz*",
)  # fmt: skip
FRENCH = (
    "douleur à la poitrine", "douleur dans la poitrine", "douleurs à la poitrine", "douleur thoracique",
    "douleurs thoraciques", "mal à la poitrine", "oppression dans la poitrine", "poitrine serrée",
    "poids sur la poitrine", "peux pas respirer", "n'arrive pas à respirer", "n'arrive plus à respirer",
    "arrive pas à respirer", "mal à respirer", "du mal à respirer", "j'étouffe", "difficulté à respirer",
    "difficultés à respirer", "essoufflé*", "crache du sang", "tousse du sang", "engourdi entre les jambes",
    "engourdie entre les jambes", "engourdissement entre les jambes", "engourdissement du périnée",
    "anesthésie en selle", "ne sens plus mes parties", "peux pas uriner", "peux plus uriner",
    "n'arrive pas à uriner", "n'arrive plus à uriner", "uriné sur moi", "fait pipi sur moi",
    "ne contrôle plus ma vessie", "contrôle de ma vessie", "contrôle de la vessie", "contrôle de mes intestins",
    "ne sens plus ma jambe", "ne sens plus mes jambes", "sens plus ma jambe", "sens plus mes jambes",
    "peux plus bouger la jambe", "peux plus bouger ma jambe", "peux plus bouger les jambes", "sens plus mon bras",
    "peux plus bouger le bras", "peux plus bouger mon bras", "pied tombant", "visage qui tombe", "bouche de travers",
    "visage paralysé", "faiblesse soudaine", "pire mal de tête",
    "vois double", "évanoui*", "perdu connaissance", "perte de connaissance",
    "mollet gonflé", "mollet rouge", "mollet chaud", "jambe gonflée et", "forte fièvre", "fièvre et frissons",
    "plaie ouverte", "plaie qui coule", "plaie infectée", "pus", "peux pas poser le pied", "peux plus poser le pied",
    "peux plus marcher", "os cassé", "déboîté*", "suicid*", "me tuer", "mettre fin à mes jours",
    "en finir avec la vie", "veux mourir", "envie de mourir", "veux plus vivre", "plus envie de vivre",
    "mieux mort", "mieux morte", "me faire du mal", "m'automutil*", "automutil*",
)  # fmt: skip

SHIPPED: Mapping[str, tuple[str, ...]] = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH}
