"""Donors, what they agreed to, the messages to them and the links that let them in."""

from donors.models.entering import DataRequest, LinkRequest, PortalSession, SignInLink
from donors.models.messages import Attachment, Bounce, Message
from donors.models.people import Consent, Donor, DonorMerge, EmailChange, JointMember, ProfileChange

__all__ = [
    "Attachment",
    "Bounce",
    "Consent",
    "DataRequest",
    "Donor",
    "DonorMerge",
    "EmailChange",
    "JointMember",
    "LinkRequest",
    "Message",
    "PortalSession",
    "ProfileChange",
    "SignInLink",
]
