"""What an answer says about its language, so that a cache never gives one reader what another one read."""

from flask import Response, after_this_request


def answer_in(language: str) -> None:
    """Name the language of the answer to this request, and that another could have been asked for."""
    depends_on_language()

    @after_this_request
    def name(response: Response) -> Response:
        response.content_language.add(language)
        return response


def depends_on_language() -> None:
    """Say that the answer to this request depends on Accept-Language; its parts may be in several."""

    @after_this_request
    def vary(response: Response) -> Response:
        response.vary.add("Accept-Language")
        return response
