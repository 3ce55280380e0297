"""How templates write our sentences and numbers."""

from django import template
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_SPACE = "\N{NARROW NO-BREAK SPACE}"


@register.filter
def coded(sentence: object) -> SafeString:
    """Writes what stands between backticks as code: sentences name commands that people copy."""
    pieces = f"{sentence}".split("`")
    if len(pieces) % 2 == 0:
        return conditional_escape(f"{sentence}")
    shapes = ("{}", "<code>{}</code>")
    return format_html_join(
        "", "{}", ((format_html_join("", shapes[n % 2], ((piece,),)),) for n, piece in enumerate(pieces))
    )


@register.filter
def grouped(number: int) -> str:
    """Writes a number in groups of three digits, such as 1 204."""
    return f"{number:,}".replace(",", _SPACE)


@register.filter
def spoken(name: object) -> str:
    """Writes a name of ours in words: order_by_order as order by order."""
    return f"{name}".replace("_", " ")
