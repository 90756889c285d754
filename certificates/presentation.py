"""A certificate's facts as people read them on a page, in the language of that page."""

from certificates.wording import dates_in, day_in, duration_in, result_in, words_in


def readable(certificate, language):
    """Return what the document claims, ready to show: the card and the check page."""
    facts = certificate.facts
    return {
        "facts": facts,
        "result": result_in(language, facts["score_percent"]),
        "dates": dates_in(language, facts["started_on"], facts["finished_on"]),
        "duration": duration_in(language, facts["duration_minutes"]),
        "issued_on": day_in(language, facts["issued_on"]),
        "nature": words_in(language)["nature"],
    }
