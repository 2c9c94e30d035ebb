#pragma once

#include <string>
#include <tl/expected.hpp>

#include "config/parser.h"

namespace apiary {

/// The text of a configuration's first file in canonical form: one statement per line as by
/// format_statement(), at most one empty line between them, with all comments. Comments within a
/// statement move before it. Does not format included files. Error: the configuration has errors.
tl::expected<std::string, Diagnostics> format_configuration(SourceText& source,
                                                            const PortNames& port_names = {});

}  // namespace apiary
