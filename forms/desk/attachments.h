// The one adapter that brings the media of a package to forms/definition.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "forms/definition/definition.h"

namespace doorstep {

// Reads "jr://file-csv/wards.csv" from `folder`, or from its subfolder "media".
// Only plain names: nothing outside the package is ever opened.
FormAttachments attachments_in(const std::string& folder);
// The same, wherever its files are: the text of one by its plain name; not_found.
using MediaSource = std::function<Result<std::string>(const std::string& name)>;
FormAttachments attachments_from(const MediaSource& source);
MediaSource media_in(const std::string& folder);
// "wards.csv" of "jr://file-csv/wards.csv"
std::string media_name(std::string_view uri);

}  // namespace doorstep
