#include "forms/desk/form_cache.h"

#include <filesystem>

#include "forms/desk/files.h"

namespace doorstep {

std::shared_ptr<const FormDefinition> load_cached(const std::string& folder, std::string_view xml,
                                                  const FormAttachments& attachments,
                                                  std::vector<FormFault>& faults) {
    namespace fs = std::filesystem;
    if (folder.empty())
        return FormDefinition::load(xml, attachments, faults);
    const Sha256 hash = Sha256::of(xml);
    const std::string file = (fs::path(folder) / (hash.hex() + ".form")).string();
    if (const auto bytes = read_file(file))
        if (auto form = FormDefinition::load_compiled(*bytes, hash, attachments, faults))
            return form;
    auto form = FormDefinition::load(xml, attachments, faults);
    if (form) {
        std::error_code refused;
        fs::create_directories(folder, refused);
        // Not kept: it will be read from the XML again.
        (void)write_file(file, form->compiled()).ok();
    }
    return form;
}

}  // namespace doorstep
