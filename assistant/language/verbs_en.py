"""English verbs that statements and questions turn on, and their dictionary forms.

A closed list of everyday verbs, enough to find where a subject ends. Regular forms are worked
out; a verb that is not here is found after "I" only, where nothing else can stand.
"""

from __future__ import annotations

_REGULAR = """live work like love hate enjoy dislike prefer want need own play study move relocate
visit adopt use watch start finish join plan collect cook bake paint dance travel turn call open
marry learn train help try visit name own climb raise plant order book stay walk start talk listen
attend graduate retire volunteer receive miss remember admire adore craft
manage support collect practise practice repair clean fix wash record rent share"""

_IRREGULAR = {
    "be": "is am are was were been",
    "have": "have has had",
    "do": "do does did done",
    "go": "go goes went gone",
    "come": "come comes came",
    "get": "get gets got gotten",
    "buy": "buy buys bought",
    "see": "see sees saw seen",
    "eat": "eat eats ate eaten",
    "drink": "drink drinks drank drunk",
    "drive": "drive drives drove driven",
    "speak": "speak speaks spoke spoken",
    "make": "make makes made",
    "take": "take takes took taken",
    "give": "give gives gave given",
    "meet": "meet meets met",
    "know": "know knows knew known",
    "find": "find finds found",
    "lose": "lose loses lost",
    "win": "win wins won",
    "grow": "grow grows grew grown",
    "run": "run runs ran",
    "ride": "ride rides rode ridden",
    "sing": "sing sings sang sung",
    "swim": "swim swims swam swum",
    "teach": "teach teaches taught",
    "leave": "leave leaves left",
    "keep": "keep keeps kept",
    "wear": "wear wears wore worn",
    "sell": "sell sells sold",
    "build": "build builds built",
    "break": "break breaks broke broken",
    "begin": "begin begins began begun",
    "feel": "feel feels felt",
    "sleep": "sleep sleeps slept",
    "spend": "spend spends spent",
    "pay": "pay pays paid",
    "send": "send sends sent",
    "bring": "bring brings brought",
    "choose": "choose chooses chose chosen",
    "fly": "fly flies flew flown",
    "quit": "quit quits",
    "stop": "stop stops stopped",
    "cost": "cost costs",
    "weigh": "weigh weighs weighed",
    "use": "use uses used",
    "fall": "falls fell fallen",
    "hurt": "hurts hurt",
    "put": "puts put",
    "hold": "holds held",
    "stand": "stands stood",
    "sit": "sits sat",
    "throw": "throws threw thrown",
    "catch": "catches caught",
    "forget": "forget forgets forgot forgotten",
    "hide": "hides hid hidden",
    "rise": "rises rose risen",
    "steal": "steals stole stolen",
    "wake": "wakes woke woken",
    "write": "wrote written",
    "draw": "draws drew drawn",
    "become": "becomes became",
    "die": "dies died",
}

MODALS = frozenset("will would could can may might must shall should".split())
PREPOSITIONS = frozenset(
    "in at on to for with of from about into near under over by through against around".split()
)


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return {"plan": "planned"}.get(verb, verb + "ed")


def _forms() -> dict[str, str]:
    forms = {}
    for verb in _REGULAR.split():
        for form in (verb, _third_person(verb), _past(verb)):
            forms[form] = verb
    for verb, listed in _IRREGULAR.items():
        for form in listed.split():
            forms[form] = verb
    return forms


# Every form of every verb here, and its dictionary form.
LEMMAS = _forms()


def lemma_of(word: str) -> str:
    """The dictionary form of a verb; a regular ending is taken off one that is not listed.

    >>> lemma_of("went"), lemma_of("flimberted"), lemma_of("hurries")
    ('go', 'flimbert', 'hurry')
    """
    known = LEMMAS.get(word)
    if known:
        return known
    if word.endswith(("ied", "ies")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("ed") and len(word) > 4:
        stem = word[:-2]
        return (
            stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsz" else stem
        )
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        return word[:-1]
    return word
