"""Let's Encrypt asks in the clear for a file, and everything else that is asked in the clear is refused."""

from pathlib import Path

import pytest

from tests.messaging import nginx


@pytest.mark.skipif(nginx.find() is None, reason="this machine has no nginx")
def test_the_answer_to_a_challenge_is_served_in_the_clear_and_nothing_beside_it(tmp_path: Path) -> None:
    challenges = tmp_path / ".well-known" / "acme-challenge"
    challenges.mkdir(parents=True)
    (challenges / "a-token").write_text("an answer")
    (tmp_path / "secret").touch()
    with nginx.proxying(tmp_path) as proxy:
        asked = {
            path: proxy.asks_in_the_clear(path)
            for path in (
                "/.well-known/acme-challenge/a-token",
                "/.well-known/acme-challenge/other",
                "/.well-known/acme-challenge/",
                "/.well-known/acme-challenge/..%2f..%2fsecret",
                "/secret",
            )
        }
    assert list(asked.values()) == [200, 404, 403, 403, 403]
