#pragma once

#include <string>

#include "config/statement.h"

namespace apiary {

/// A statement in canonical form, on one line without line end: one spelling for alternatives, one
/// space between words. Numbers, names and quoted texts stay as in `source`. A broken statement
/// stays unchanged.
std::string format_statement(const Statement& statement, const SourceText& source);

/// The qualities of a link in the syntax of statements, with a space before each.
std::string format_statement(const LinkQuality& link);

}  // namespace apiary
