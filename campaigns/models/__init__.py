"""What is asked for. Texts stand beside their owner, one row for each language; costs are only ever added."""

from campaigns.models.appeals import AppealCost
from campaigns.models.campaigns import Campaign, CampaignText, NeedGroup, Phase, PhaseText
from campaigns.models.costs import UnitCost, UnitCostHead, UnitCostHeadText
from campaigns.models.pages import GivingPage, PageCurrency, PageFund, PresetAmount
from campaigns.models.safety import SafeCount
from campaigns.models.sites import Site, SiteOrigin, SourceCode
from campaigns.models.ways import WayToGive, WayToGiveDetail, WayToGiveText

__all__ = [
    "AppealCost",
    "Campaign",
    "CampaignText",
    "GivingPage",
    "NeedGroup",
    "PageCurrency",
    "PageFund",
    "Phase",
    "PhaseText",
    "PresetAmount",
    "SafeCount",
    "Site",
    "SiteOrigin",
    "SourceCode",
    "UnitCost",
    "UnitCostHead",
    "UnitCostHeadText",
    "WayToGive",
    "WayToGiveDetail",
    "WayToGiveText",
]
