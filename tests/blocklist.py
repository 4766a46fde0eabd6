"""Words that must never stand in anything sent to the payment company (F41), in both languages."""

import re

UNSAID = re.compile(
    r"north[ _-]?korea|\bdprk\b|defector|refugee|pyongyang|escap|rescue|smuggl|border|china|\bnk\b|safe[ _-]?house"
    r"|북한|탈북|조선|평양|난민|구출|피난|중국|국경|탈출",
    re.IGNORECASE,
)
