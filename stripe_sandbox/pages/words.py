"""The words of the hosted pages, in English and Korean."""

from __future__ import annotations

ENGLISH = {
    "sandbox": "Sandbox: no real money moves here",
    "email": "Email",
    "name": "Name",
    "method": "Payment method",
    "card_number": "Card number",
    "card_hint": "Test cards only, such as 4242 4242 4242 4242",
    "bank_hint": "Test accounts: 000123456789 succeeds, 000111111113 fails later",
    "account": "Account number",
    "routing": "Routing number",
    "donate": "Donate",
    "pay": "Pay",
    "subscribe": "Subscribe",
    "back": "Back",
    "per": "every",
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "card": "Card",
    "us_bank_account": "US bank account (ACH)",
    "kakao_pay": "Kakao Pay",
    "naver_pay": "Naver Pay",
    "kr_card": "Korean card",
    "payco": "PAYCO",
    "samsung_pay": "Samsung Pay",
    "gone": "This page is no longer available",
    "gone_why": "The session has expired. Nothing was charged.",
    "done": "This payment is complete",
    "continue": "Continue",
    "authenticate": "Confirm this payment",
    "authenticate_why": "Your bank or wallet asks you to confirm.",
    "complete": "Complete",
    "fail": "Fail",
    "unknown_page": "There is no such page",
    "bad_email": "Enter a valid email address.",
    "bad_account": "Enter the test routing number 110000000 and an account number.",
    "portal": "Your monthly giving",
    "current_card": "Current card",
    "change_card": "Change card",
    "cancel_subscription": "Cancel this subscription",
    "no_subscription": "There is no active subscription.",
    "renews": "Next payment",
    "ends": "Ends on",
    "changed": "Saved.",
    "receipt": "Receipt",
    "invoice": "Invoice",
    "invoice_paid": "This invoice is paid",
    "return": "Return",
}

KOREAN = {
    "sandbox": "샌드박스: 실제 돈은 움직이지 않습니다",
    "email": "이메일",
    "name": "이름",
    "method": "결제 수단",
    "card_number": "카드 번호",
    "card_hint": "테스트 카드만 사용하세요. 예: 4242 4242 4242 4242",
    "bank_hint": "테스트 계좌: 000123456789 성공, 000111111113 나중에 실패",
    "account": "계좌 번호",
    "routing": "은행 번호",
    "donate": "헌금하기",
    "pay": "결제하기",
    "subscribe": "정기 후원하기",
    "back": "뒤로",
    "per": "매",
    "day": "일",
    "week": "주",
    "month": "월",
    "year": "년",
    "card": "카드",
    "us_bank_account": "미국 은행 계좌 (ACH)",
    "kakao_pay": "카카오페이",
    "naver_pay": "네이버페이",
    "kr_card": "국내 카드",
    "payco": "페이코",
    "samsung_pay": "삼성페이",
    "gone": "더 이상 사용할 수 없는 페이지입니다",
    "gone_why": "시간이 지나 만료되었습니다. 청구된 금액은 없습니다.",
    "done": "결제가 완료되었습니다",
    "continue": "계속",
    "authenticate": "결제 확인",
    "authenticate_why": "은행 또는 간편결제에서 확인을 요청합니다.",
    "complete": "승인",
    "fail": "거절",
    "unknown_page": "없는 페이지입니다",
    "bad_email": "올바른 이메일 주소를 입력하세요.",
    "bad_account": "테스트 은행 번호 110000000과 계좌 번호를 입력하세요.",
    "portal": "나의 정기 후원",
    "current_card": "현재 카드",
    "change_card": "카드 변경",
    "cancel_subscription": "이 정기 후원 취소",
    "no_subscription": "진행 중인 정기 후원이 없습니다.",
    "renews": "다음 결제일",
    "ends": "종료일",
    "changed": "저장했습니다.",
    "receipt": "영수증",
    "invoice": "청구서",
    "invoice_paid": "결제된 청구서입니다",
    "return": "돌아가기",
}

# What Stripe says about a decline; other messages stay in English.
KOREAN_DECLINES = {
    "Your card was declined.": "카드가 거절되었습니다.",
    "Your card has insufficient funds.": "카드 잔액이 부족합니다.",
    "Your card has expired.": "만료된 카드입니다.",
    "Your card's security code is incorrect.": "카드 보안 코드가 올바르지 않습니다.",
    "Your card number is incorrect.": "카드 번호가 올바르지 않습니다.",
    "The payment was declined by the provider.": "결제 회사에서 거절했습니다.",
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again.": (
        "결제 수단을 인증할 수 없습니다. 다른 결제 수단으로 다시 시도하세요."
    ),
    "An error occurred while processing your card. Try again in a little bit.": (
        "카드 처리 중 오류가 났습니다. 잠시 후 다시 시도하세요."
    ),
}


def language(locale: str | None) -> str:
    """This function will return `ko` or `en` for a session's locale."""
    return "ko" if (locale or "").startswith("ko") else "en"


def words(locale: str | None) -> dict[str, str]:
    """This function will return the words of a page."""
    return KOREAN if language(locale) == "ko" else ENGLISH


def decline(message: str, locale: str | None) -> str:
    """This function will return a decline in the page's language."""
    return KOREAN_DECLINES.get(message, message) if language(locale) == "ko" else message
