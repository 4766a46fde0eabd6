"""Receipts: numbered without gaps, frozen when issued, corrected only by new rows; and all that leads to them."""

from receipts.models.deliveries import Acknowledgment, Delivery, PrintFile
from receipts.models.filings import GiftAidClaim, GiftAidClaimLine, GiftAidDeclaration, HometaxFiling
from receipts.models.issuers import FigureConfirmation, Issuer, PriorTotal
from receipts.models.papers import (
    Coverage,
    Exclusion,
    Obstacle,
    Receipt,
    ReceiptLine,
    ReceiptTotal,
    Rendering,
    RenderingTrouble,
    Seal,
    SealKey,
    Series,
    SigningCertificate,
    SpoiledNumber,
    Voiding,
)
from receipts.models.runs import AnnualRun, RunException, RunItem

__all__ = [
    "Acknowledgment",
    "AnnualRun",
    "Coverage",
    "Delivery",
    "Exclusion",
    "FigureConfirmation",
    "GiftAidClaim",
    "GiftAidClaimLine",
    "GiftAidDeclaration",
    "HometaxFiling",
    "Issuer",
    "Obstacle",
    "PrintFile",
    "PriorTotal",
    "Receipt",
    "ReceiptLine",
    "ReceiptTotal",
    "Rendering",
    "RenderingTrouble",
    "RunException",
    "RunItem",
    "Seal",
    "SealKey",
    "Series",
    "SigningCertificate",
    "SpoiledNumber",
    "Voiding",
]
