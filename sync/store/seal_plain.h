// A tablet's store from before records were sealed becomes a sealed one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Copies everything into a sealed file beside it, which `open_new` opens, and puts that
// in its place.  Cut off anywhere, either the old file stands whole or the new one does;
// afterwards no plain copy is left in the folder.
Result<void> seal_plain_store(
    const std::string& path,
    const std::function<Result<std::unique_ptr<SqlConnection>>(const std::string& path)>& open_new);

}  // namespace doorstep
