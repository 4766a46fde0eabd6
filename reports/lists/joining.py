"""Joins that several lists have: who gave, and for what. Names are guarded once for each giver, not for each row."""

from reports import escaping
from reports.lists.declaring import Join

_GIVERS = f"""SELECT dn.id, coalesce(s.id, dn.id) AS donor_id,
    {escaping.guarded("coalesce(s.name, dn.name)")} AS name,
    {escaping.guarded("coalesce(s.email, dn.email)")} AS email
  FROM donors_donor dn LEFT JOIN donors_donor s ON s.id = dn.merged_into_id"""
_CAMPAIGNS = f"""SELECT c.id, {escaping.guarded("coalesce(ct.title, c.slug)")} AS title
  FROM campaigns_campaign c LEFT JOIN campaigns_campaigntext ct
    ON ct.campaign_id = c.id AND ct.language = %(language)s"""


_GIVER, _CAMPAIGN = f"({_GIVERS} OFFSET 0) g", f"({_CAMPAIGNS} OFFSET 0) c"


def giver(key: str) -> Join:
    """This function will return the join to `g`, the giver of this key or whoever it was merged into."""
    return Join(
        f"JOIN {_GIVER} ON g.id = {key}",
        few=f"JOIN LATERAL ({_GIVERS} WHERE dn.id = {key} OFFSET 0) g ON TRUE",
        rows=_GIVER,
        met="g.id",
        key=key,
    )


def campaign(key: str) -> Join:
    """This function will return the join to `c`, the campaign of this key in the language asked for."""
    return Join(f"JOIN {_CAMPAIGN} ON c.id = {key}", rows=_CAMPAIGN, met="c.id", key=key)
