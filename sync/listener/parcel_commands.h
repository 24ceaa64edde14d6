// What the operator publishes for the tablets: forms, the directory of agencies, address lists.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/listener/commands.h"

namespace doorstep {

std::optional<CommandOutcome> parcel_commands(DataFolder& data, const Command& command);

// An area's addresses, made ready by whoever asks: that takes seconds, and `serve` goes on meanwhile.
struct AddressesReady {
    std::string area;
    std::string frame;  // wire::compress_once() of packed_addresses()
};
// The file in the folder of the endpoint through which they are handed over; the command removes it.
std::string addresses_file(const std::string& folder);
std::string encode(const std::vector<AddressesReady>& areas);
Result<std::vector<AddressesReady>> decode_addresses(std::string_view bytes);

}  // namespace doorstep
