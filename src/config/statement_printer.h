#pragma once

#include <string>

#include "config/statement.h"

namespace apiary {

/// A statement in its canonical form, on one line without its end: one spelling for what can be
/// said in several ways, one space between words. Numbers, names and quoted texts stay as they are
/// written in `source`. A broken statement is given as it stands.
std::string format_statement(const Statement& statement, const SourceText& source);

/// The qualities of a link as a statement has them, with a space before each.
std::string format_statement(const LinkQuality& link);

}  // namespace apiary
