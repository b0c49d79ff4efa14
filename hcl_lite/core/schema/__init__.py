"""Declarations of providers: settings, resource types and lookups, and the protocols to use them.

The language checks blocks against these declarations, the engine carries out plans through these protocols, and neither
knows any provider by name.
"""

from hcl_lite.core.provider_errors import Conflict, ProviderError, Refused, Taken
from hcl_lite.core.schema.attributes import Attr
from hcl_lite.core.schema.capabilities import Capabilities, Expiry, Rotation
from hcl_lite.core.schema.errors import Stays, ValueProblem
from hcl_lite.core.schema.lint import LEVELS, Finding, Lint, LintedBlock, LintRule
from hcl_lite.core.schema.objects import (
    Bound,
    Dependent,
    Described,
    Distinct,
    Held,
    Listed,
    Live,
    Made,
    Mention,
    OnFound,
    Origin,
    Reference,
    Resolved,
    Revision,
    Search,
    Verb,
    Version,
    Whole,
    count_in,
    ignore_found,
    summarize,
    untold,
)
from hcl_lite.core.schema.provider import ProviderType, Reader, Writer
from hcl_lite.core.schema.resource_type import LookupType, ResourceType

__all__ = [
    "LEVELS",
    "Attr",
    "Bound",
    "Capabilities",
    "Conflict",
    "Dependent",
    "Described",
    "Distinct",
    "Expiry",
    "Finding",
    "Held",
    "Lint",
    "LintRule",
    "LintedBlock",
    "Listed",
    "Live",
    "LookupType",
    "Made",
    "Mention",
    "OnFound",
    "Origin",
    "ProviderError",
    "ProviderType",
    "Reader",
    "Reference",
    "Refused",
    "Resolved",
    "ResourceType",
    "Revision",
    "Rotation",
    "Search",
    "Stays",
    "Taken",
    "ValueProblem",
    "Verb",
    "Version",
    "Whole",
    "Writer",
    "count_in",
    "ignore_found",
    "summarize",
    "untold",
]
