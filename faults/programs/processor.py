from faults.cases import Case
def cases() -> list[Case]:
    return []
