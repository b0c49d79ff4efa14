"""The language's own tables and what may stand in them: for reading a configuration, for the schema that editors read,
and for the reference.

What a provider's types take is said by the provider. A type is one of `Attr.type`, or several joined by "or".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Kind
from hcl_lite.core.schema import LEVELS, Attr

ON_EXISTS = ("fail", "adopt")
ON_DRIFT = ("overwrite", "keep", "fail")
POLICY_LEVELS = ("advise", "override", "deny")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its keys, and the tables below it. `repeated` is for [[…]]."""

    doc: str
    attrs: Mapping[str, Attr] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    repeated: bool = False

    def keys(self) -> Mapping[str, Attr]:
        """Every key with those of the tables below, by its dotted path; [] stands for each of many."""
        below = {
            f"{name}{'[]' if table.repeated else ''}.{key}": attr
            for name, table in self.tables.items()
            for key, attr in table.keys().items()
        }
        return {**self.attrs, **below}


def describe(attr: Attr) -> str:
    """Returns the documentation of an attribute, with the meaning of its flags."""
    sentences = (
        attr.doc,
        "Another value means another object." if attr.replaces else "",
        "A secret: never stored." if attr.secret else "",
    )
    return " ".join(sentence for sentence in sentences if sentence)


FOR_EACH = Attr(
    "map(any) or list(string) or string",
    doc="One instance for each item: a table, a list of strings, or an expression that gives one.",
)

_MESSAGE = Attr(required=True, doc="What is said where it does not hold.")


def _conditions(doc: str) -> Table:
    return Table(
        doc,
        {"condition": Attr("string or bool", required=True, doc="What must hold."), "error_message": _MESSAGE},
        repeated=True,
    )


_INSTANCES: Mapping[str, Attr] = {
    "for_each": FOR_EACH,
    "count": Attr("number or string", doc="How many instances: a number, or an expression that gives one."),
}
_DEPENDS_ON = Attr("list(string)", doc="Addresses of what has to be there first, beyond what the arguments refer to.")
_CONDITIONS: Mapping[str, Table] = {
    "precondition": _conditions("Checked before anything is done."),
    "postcondition": _conditions("Checked when it is done."),
}

META_OF_DATA = Table(
    "Arguments that every data block takes.",
    {
        "provider": Attr(doc="Name of the provider block to use. Default: the one named like the type's provider."),
        "depends_on": _DEPENDS_ON,
        **_INSTANCES,
    },
    {"lifecycle": Table("Conditions.", {}, _CONDITIONS)},
)

META_OF_RESOURCES = Table(
    "Arguments that every resource block takes.",
    {
        **META_OF_DATA.attrs,
        "on_exists": Attr(
            choices=ON_EXISTS, default="fail", doc="What to do where the object is there before it is made."
        ),
        "on_drift": Attr(
            choices=ON_DRIFT, default="overwrite", doc="What to do where someone else has changed the object."
        ),
        "lint": Attr("map(string)", doc=f"Levels of lint rules for this block, by their names: {', '.join(LEVELS)}."),
    },
    {
        "lifecycle": Table(
            "How the object is made, kept and replaced.",
            {
                "prevent_destroy": Attr("bool or string", doc="Refuse every plan that would delete the object."),
                "create_before_destroy": Attr("bool", doc="Make a replacement before the old object goes."),
                "ignore_changes": Attr(
                    "list(string) or string", choices=("all",), doc='Arguments whose changes are left alone, or "all".'
                ),
                "replace_triggered_by": Attr("list(string)", doc="Addresses whose change means another object."),
            },
            _CONDITIONS,
        )
    },
)

META_OF_PROVIDERS = Table(
    "Arguments that every provider block takes.",
    {"type": Attr(doc="Type of the provider. Default: the block's name."), "for_each": FOR_EACH},
)

# [hcl_lite]
SETTINGS = Table(
    "Settings of hcl-lite itself.",
    {
        "required_version": Attr(doc='Versions that this configuration is for, such as ">=0.1,<2".'),
        "backups": Attr(
            "number",
            default=20,
            doc="Of how many runs the objects are kept, as they were before, in .hcl-lite/backups; 0 keeps none.",
        ),
        "backend": Attr("map(any)", doc="Where the state is kept: type, and what that type takes."),
        "encryption": Attr(
            "map(any)", doc="What state and saved plans are encrypted with: key and previous, as references to secrets."
        ),
        "lint": Attr("map(string)", doc=f"Levels of lint rules, by their names: {', '.join(LEVELS)}."),
        "policies": Attr(
            "list(string)", doc="Directories of policies that every plan is held to, or git::URL//directory?ref=REF."
        ),
        "read_from": Attr(
            "list(string)", doc="Directories, besides those of the configuration, whose files functions may read."
        ),
    },
)

# [TABLE.NAME]
NAMED: Mapping[str, Table] = {
    "variable": Table(
        "An input: var.NAME.",
        {
            "type": Attr(
                default="any", doc="string, number, bool, any, list(…), set(…), map(…), tuple([…]) or object({…})."
            ),
            "default": Attr("any", doc="Its value where none is given. Without one, the variable is required."),
            "description": Attr(doc="What it is for."),
            "sensitive": Attr("bool", default=False, doc="Show its value nowhere, and store it nowhere."),
            "nullable": Attr("bool", default=True, doc="Whether it may be null."),
        },
        {"validation": _conditions("What its value has to be like.")},
    ),
    "output": Table(
        "A value for people and other configurations.",
        {
            "value": Attr("any", required=True, doc="The value, mostly an expression."),
            "description": Attr(doc="What it is."),
            "sensitive": Attr("bool", default=False, doc="Show its value nowhere, and store it nowhere."),
        },
        {"precondition": _conditions("Checked before it is stored.")},
    ),
    "module": Table(
        "Another configuration, used as a part of this one: module.NAME.",
        {
            "source": Attr(
                required=True,
                doc="Where it is: ./directory, git::URL//directory?ref=REF, or python:package//directory.",
            ),
            "inputs": Attr("map(any)", doc="Values for its variables."),
            "readable": Attr(
                "list(string)",
                doc="Directories, besides its own, whose files its functions may read: beside the caller.",
            ),
            "providers": Attr(
                "map(string)", doc="Its providers' names, each with the name of one of this configuration."
            ),
            **_INSTANCES,
            "depends_on": _DEPENDS_ON,
        },
    ),
}

# [[TABLE]]
REPEATED: Mapping[str, Table] = {
    "moved": Table(
        "An object that has another address now.",
        {
            "from": Attr(required=True, doc="The address that it had."),
            "to": Attr(required=True, doc="The one that it has."),
        },
        repeated=True,
    ),
    "removed": Table(
        "An object that is no longer managed here.",
        {
            "from": Attr(required=True, doc="The address that it had."),
            "destroy": Attr("bool", default=True, doc="Delete it; false leaves it on its server."),
        },
        repeated=True,
    ),
    "import": Table(
        "An object that exists already, and is to be managed here.",
        {
            "to": Attr(required=True, doc="The address of its block."),
            "id": Attr(required=True, doc="Its identity on its server."),
            "for_each": FOR_EACH,
        },
        repeated=True,
    ),
    "check": Table(
        "What should hold of the whole; a plan warns where it does not.",
        {"name": Attr(doc="What it is called."), **_conditions("").attrs},
        repeated=True,
    ),
    "policy": Table(
        "What every plan is held to: an expression over plan.changes.",
        {
            "name": Attr(required=True, doc="What it is called."),
            "level": Attr(
                choices=POLICY_LEVELS,
                default="deny",
                doc="What comes of a plan that breaks it: it is told, an apply takes --override-policy, or none is.",
            ),
            "for_each": Attr(
                "map(any) or list(any) or string",
                doc="What the condition is asked of, one by one, as each.value: mostly plan.changes.",
            ),
            **_conditions("").attrs,
        },
        repeated=True,
    ),
}

# What a block of each kind may have besides its type's arguments.
TABLES: Mapping[Kind, Table] = {
    Kind.VARIABLE: NAMED["variable"],
    Kind.OUTPUT: NAMED["output"],
    Kind.MODULE: NAMED["module"],
    Kind.PROVIDER: META_OF_PROVIDERS,
    Kind.DATA: META_OF_DATA,
    Kind.RESOURCE: META_OF_RESOURCES,
    **{Kind(name): table for name, table in REPEATED.items()},
}
