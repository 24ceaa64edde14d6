// Reference data as one run of bytes, as it is published and travels: a form with its lists, or the
// five tables of the directory.  The same files always give the same bytes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "forms/base/diagnostic.h"
#include "forms/base/result.h"
#include "forms/desk/package.h"
#include "forms/directory/directory.h"

namespace doorstep {

// Plain file names and what is in them.
using Bundle = std::map<std::string, std::string, std::less<>>;
std::string bundled(const Bundle& files);
// damaged: it is none, or a name of it is no plain one.
Result<Bundle> unbundled(std::string_view bytes);

// The XForm of a package that was opened from `path`, and the lists that it reads.
// REQUIRES: package.form
Result<std::string> bundle_form(const FormPackage& package, const std::string& path);
// As open_package(): what is wrong is in `found`.  `directory` may be null.
FormPackage open_bundled_form(std::string_view bytes, const std::string& file, const Directory* directory);

// Of a folder that holds agencies.csv and the others.
Result<std::string> bundle_directory(const std::string& folder);
Directory read_bundled_directory(std::string_view bytes, Diagnostics& found);

}  // namespace doorstep
