"""What the proxy says it does, as far as reading tells; tests/messaging/test_gunicorn.py starts it."""

import re
from dataclasses import fields

from hep_api.foundation.settings import Settings
from hep_api.foundation.web.receiving import BESIDES_THE_FILE
from hep_api.library.routes import importing
from tests.contract.examples import EXAMPLES
from tests.security.named import ROOT

NGINX = re.sub(r"#.*", "", (ROOT / "deploy" / "nginx.conf").read_text())
GUNICORN = (ROOT / "deploy" / "gunicorn.conf.py").read_text()


def values(directive: str, text: str = NGINX) -> list[str]:
    return [
        " ".join(value.split())
        for value in re.findall(rf"^\s*{directive}\s+((?:\"[^\"]*\"|[^;\"])+);", text, re.MULTILINE)
    ]


def in_the_clear() -> str:
    """Return the block of the server on port 80."""
    [block] = [block for block in re.split(r"^server \{", NGINX, flags=re.MULTILINE) if "listen 80;" in block]
    return block


def test_the_proxy_speaks_todays_tls_only() -> None:
    assert values("ssl_protocols") == ["TLSv1.2 TLSv1.3"]
    [ciphers] = values("ssl_ciphers")
    assert all(
        re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES\d{3}-GCM-SHA\d{3}|CHACHA20-POLY1305)", it) for it in ciphers.split(":")
    )


def test_what_is_asked_in_the_clear_is_refused_and_not_led_over() -> None:
    clear = in_the_clear()
    assert "proxy_pass" not in clear
    assert re.search(r"location / \{\s*return 403;\s*\}", clear)
    led_over = re.findall(r"location (.+?) \{\s*return 308", clear)
    assert led_over == ["= /docs"]
    assert "$host" not in clear


def test_a_client_cannot_bring_the_headers_of_a_proxy() -> None:
    set_anew = dict(value.split(" ", 1) for value in values("proxy_set_header"))
    assert set_anew["X-Forwarded-For"] == "$remote_addr"
    assert set_anew["X-Forwarded-Proto"] == "$scheme"
    assert set_anew["X-Forwarded-Host"] == set_anew["Forwarded"] == '""'
    # One in a location would drop all of the server's.
    for block in re.findall(r"location [^{]+\{([^}]*)\}", NGINX):
        assert "proxy_set_header" not in block
        assert "add_header" not in block


def test_the_proxy_serves_no_files_and_asks_the_product_only() -> None:
    # But for the answers to Let's Encrypt, asked in the clear, from a folder that holds nothing else.
    assert values("root") == ["/var/www/hep-api"]
    [challenge] = re.findall(r"location \^~ /\.well-known/acme-challenge/ \{([^}]*)\}", in_the_clear())
    assert values("root", challenge) == ["/var/www/hep-api"]
    for directive in ("alias", "autoindex", "index", "try_files", "proxy_cache"):
        assert values(directive) == []
    assert set(values("proxy_pass")) == {"http://hep_api"}
    assert all(server.startswith("127.0.0.1:") for server in values("server", NGINX.partition("limit_req_zone")[0]))


def test_the_proxys_log_holds_no_query_and_no_link_that_is_a_right() -> None:
    [line] = values("log_format")
    for told in ("$request ", "$request_uri", "$args", "$query_string", "$uri", "$http_", "$remote_user"):
        assert told not in line
    [block] = re.findall(r"map \$uri \$hep_uri \{([^}]*)\}", NGINX)
    kept_back = re.findall(r"~\^(/\S+) \1\.\.\.;", block)
    # Every door whose path holds a token: whoever reads it in a log could use it.
    with_tokens = {path.partition("{token}")[0] for _, path in EXAMPLES if "{token}" in path}
    rights = {"/v1/files/", "/v1/handouts/", "/v1/calendars/", "/v1/mail/unsubscribe/"}
    assert with_tokens == rights == set(kept_back)


def test_the_proxy_lets_through_what_the_product_takes_and_little_more() -> None:
    named = dict(re.findall(r"location ([^{]+?) \{[^}]*?client_max_body_size (\d+)m;", NGINX))
    default = {field.name: field.default for field in fields(Settings)}
    files = "~ ^/v1/(media|conversations/[^/]+/attachments)(/|$)"
    taken = {files: default["media_video_bytes"], "= /v1/library/import": importing.MOST_BYTES}
    assert named.keys() == taken.keys()
    for location, most in {**taken, "": default["max_body_bytes"]}.items():
        let_through = int(named.get(location, values("client_max_body_size")[0].removesuffix("m"))) * 1024 * 1024
        assert most + BESIDES_THE_FILE < let_through < most * 1.6


def test_answers_of_the_proxy_itself_are_guarded_too() -> None:
    always = [value for value in values("add_header") if value.endswith(" always")]
    assert {value.split()[0] for value in always} == {"Strict-Transport-Security", "X-Content-Type-Options"}
    assert {value.split()[0] for value in always} == set(values("proxy_hide_header"))
    assert values("server_tokens") == ["off", "off"]


def test_the_web_process_listens_on_this_machine_only_and_logs_no_requests() -> None:
    assert '"HEP_BIND", "127.0.0.1:8001"' in GUNICORN
    assert re.search(r"^accesslog = None$", GUNICORN, re.MULTILINE)
    assert "limit_request_line" in GUNICORN
