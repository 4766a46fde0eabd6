"""Who asks: a program with a key, or somebody with a session (whose unsafe requests need a CSRF token)."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from api import keying
from api.models import ApiKey
from staff.models import User


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer alm_<prefix>_<secret>`. Any other Authorization header is refused, not ignored."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        header = get_authorization_header(request)
        if not header:
            return None
        scheme, _, shown = header.decode("latin-1").partition(" ")
        key = keying.redeem(shown=shown.strip(), now=timezone.now()) if scheme.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed()
        return key.owner, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="almoner"'
