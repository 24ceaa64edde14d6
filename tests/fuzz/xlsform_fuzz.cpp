// A workbook as tables in markdown, the whole way: sheets, XForm, definition, session.
#include <algorithm>

#include "forms/definition/definition.h"
#include "forms/workbook/workbook.h"
#include "forms/xlsform/convert.h"
#include "tests/fuzz/filling.h"
#include "tests/fuzz/fuzz.h"

using namespace doorstep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Diagnostics found;
    const Workbook book = read_markdown(fuzz::text_of(data, size), "form.md", found);
    if (has_error(found))
        return 0;
    const ConvertedForm converted = convert(book, {}, found);
    fuzz::promise(converted.xml.empty() == has_error(found), "a form converts or is refused with a reason");
    if (converted.xml.empty())
        return 0;
    std::vector<FormFault> faults;
    const auto nothing = [](std::string_view) -> Result<AttachmentRows> { return AttachmentRows{}; };
    if (const auto form = FormDefinition::load(converted.xml, nothing, faults))
        fuzz::fill(form);
    // What the converter writes is XML, whatever the cells hold.
    fuzz::promise(std::none_of(faults.begin(), faults.end(),
                               [](const FormFault& fault) {
                                   return fault.diagnostic.what.find("well-formed") != std::string::npos;
                               }),
                  "the XForm is well-formed");
    return 0;
}
