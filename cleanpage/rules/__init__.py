"""What a rule is: the model, the files it is read from, and the sets that are built of them."""

from .model import CATEGORIES, DEFAULT_CATEGORIES, LineRule, Rule, RuleFile
from .ruleset import Rules

__all__ = ["CATEGORIES", "DEFAULT_CATEGORIES", "LineRule", "Rule", "RuleFile", "Rules"]
