#include "client/app/enrolment_record.h"

#include <algorithm>

#include "sync/vault/durable_file.h"
#include "sync/vault/sealing.h"

namespace doorstep {

namespace {

constexpr const char* record_purpose = "doorstep enrolments of a tablet, 1";
constexpr std::size_t record_bytes_max = 256 * 1024;
constexpr std::ptrdiff_t lines_max = 100;

// With what begins so an order of the centre erases it (vault/erase_tablet.h).
std::string record_file(const TabletPlaces& places) {
    return places.identity + ".record";
}

}  // namespace

Result<std::string> recorded_enrolments(const TabletPlaces& places, const DeviceSecret& device) {
    const auto sealed = read_small_file(record_file(places), record_bytes_max);
    if (!sealed.ok())
        return sealed.error().fault == Fault::not_found ? Result<std::string>(std::string())
                                                        : Result<std::string>(sealed.error());
    const auto text = open_under(derive(device.key(), record_purpose), *sealed, record_purpose);
    if (!text)
        return Error{Fault::damaged, "The record of this tablet's enrolments was altered.",
                     "It is kept as it is; the centre's audit has its own."};
    return std::string(text->view());
}

Result<void> record_enrolment(const TabletPlaces& places, const DeviceSecret& device,
                              const std::string& line) {
    // One that cannot be read is not written over.
    TRY(auto text, recorded_enrolments(places, device));
    text += line + "\n";
    while (std::count(text.begin(), text.end(), '\n') > lines_max)
        text.erase(0, text.find('\n') + 1);
    return write_durably(record_file(places),
                         seal_under(derive(device.key(), record_purpose), text, record_purpose), 0600);
}

}  // namespace doorstep
