"""Why people give: campaigns, dated unit costs, need groups, phases and giving pages.

Lives here: what is asked for and how it is told, in English and Korean.
Never here: money. What was raised is a question for `reports`.
A cost is a dated history, a family is one need, and no place or date of travel has a field.
"""
