"""PromQL with variables in it."""

from __future__ import annotations

import pytest

from providers.grafana.linting.promql import problem_in

pytest.importorskip("promql_parser")


@pytest.mark.parametrize(
    "text",
    [
        'rate(x{a="$a", b=~"${b:regex}", c!~"[[c]]"}[$__rate_interval])',
        "avg_over_time(x[$__range:$step]) + x offset $offset",
        "rate(x[${n}m]) or rate(x[${__range_s}s])",
        'topk($limit, sum by ($group) (x{$label="v", $more}))',
        "$metric{} / [[other]]_total > $threshold",
        "$function(x)",
        "${query:raw}",
        "x $operator 1",
        'label_replace(x, "a", "$1", "b", "(.*)")',
        "x # a comment (with $variables",
        "rollup_rate(x[5m])",  # a function of VictoriaMetrics
        "$a + $b + $c + $d + $e + $f )",  # too many to be tried
        "abs(" * 5000,  # too deep for the parser
        "-" * 5000 + "x",
        "x{" + 'a="b",' * 5000,
    ],
)
def test_what_may_be_promql_is_none_of_a_mistake(text: str) -> None:
    """Whatever its variables stand for; of what cannot be judged nothing is said."""
    assert problem_in(text) == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rate(x[5m]", "unclosed left parenthesis"),
        ("topk($limit, rate(x[$__rate_interval])", "unclosed left parenthesis"),
        ("rate(x)", "expected type matrix in call to function 'rate', got vector"),
        ("x + ", "invalid promql query"),
        ('x{a=~"*"}', "illegal regex for *"),
    ],
)
def test_what_no_variable_can_mend_is_a_mistake(text: str, problem: str) -> None:
    """In the words of the parser."""
    assert problem_in(text) == problem
