"""Nothing in a person's environment bends a hash-checked install; nothing that reaches a registry is lost."""

import pytest

from config import env
from launcher import cleaning


@pytest.mark.parametrize(
    "name",
    [
        "PIP_TARGET",
        "PIP_CONSTRAINT",
        "PIP_NO_BINARY",
        "PIP_PRE",
        "UV_PROJECT",
        "UV_PYTHON",
        "UV_CONSTRAINT",
        "PYTHONPATH",
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "PGHOST",
        "DJANGO_SETTINGS_MODULE",
    ],
)
def test_what_bends_an_install_is_dropped(name: str) -> None:
    assert name not in cleaning.for_install({name: "surprise"})


@pytest.mark.parametrize(
    "name",
    [
        "PIP_INDEX_URL",
        "PIP_CERT",
        "PIP_FIND_LINKS",
        "PIP_CACHE_DIR",
        "UV_DEFAULT_INDEX",
        "UV_INDEX_URL",
        "UV_INDEX_PRIVATE_USERNAME",
        "UV_CACHE_DIR",
        "SSL_CERT_FILE",
        "https_proxy",
        "HTTP_PROXY",
        "HOME",
        "PATH",
    ],
)
def test_what_reaches_a_registry_is_kept(name: str) -> None:
    assert cleaning.for_install({name: "as given"})[name] == "as given"


def test_a_user_install_in_pip_conf_is_overruled() -> None:
    assert cleaning.for_install({"PIP_USER": "1"})["PIP_USER"] == "0"


@pytest.mark.parametrize(
    "name", ["PGPASSWORD", "PGSERVICE", "CELERY_BROKER_URL", "GUNICORN_CMD_ARGS", "PYTHONPATH"]
)
def test_the_product_does_not_inherit_what_would_redirect_it(name: str) -> None:
    assert name not in cleaning.for_product({name: "surprise"})


def test_the_product_inherits_what_its_outgoing_calls_need() -> None:
    given = {"https_proxy": "http://proxy.example.org", "SSL_CERT_FILE": "/ca.pem", "LANG": "ko_KR.UTF-8"}
    assert cleaning.for_product(given) == given


def test_every_variable_of_the_product_is_given_anew() -> None:
    assert {variable.name for variable in env.VARIABLES} == cleaning.OF_PRODUCT
