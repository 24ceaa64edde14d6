// An XForm of whatever origin: loaded or refused with its reasons, and filled in.
#include <algorithm>

#include "forms/definition/definition.h"
#include "tests/fuzz/filling.h"
#include "tests/fuzz/fuzz.h"

using namespace doorstep;

namespace {

// What every list holds that a form attaches.
Result<AttachmentRows> a_short_list(std::string_view) {
    return AttachmentRows{{{"name", "label", "ward"}, {"a", "A", "n"}, {"b", "B", "s"}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<FormFault> faults;
    const auto form = FormDefinition::load(fuzz::text_of(data, size), a_short_list, faults);
    const bool refused = std::any_of(faults.begin(), faults.end(), [](const FormFault& fault) {
        return fault.diagnostic.severity == Severity::error;
    });
    fuzz::promise(refused == (form == nullptr), "a form loads or is refused with a reason");
    if (form)
        fuzz::fill(form);
    return 0;
}
