"""How we speak and visit: newsletters with prayer points, tours with their stops.

Lives here: what is published about the work, in English and Korean.
Never here: money, addresses of venues, or the names of people who are helped.
"""
