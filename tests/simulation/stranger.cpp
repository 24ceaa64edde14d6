#include "tests/simulation/stranger.h"

#include <iterator>
#include <string>

#include "forms/base/encoding.h"
#include "forms/base/uuid.h"
#include "sync/wire/limits.h"
#include "sync/wire/signed_text.h"

namespace doorstep::simulation {

namespace {

std::string rubbish(Random& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random.below(256));
    return bytes;
}

// A zstd frame that says it becomes as large as it likes.
std::string bomb(Random& random) {
    std::string frame = "\x28\xb5\x2f\xfd\xe0";
    const std::uint64_t declared = std::uint64_t{1} << (23 + random.below(40));
    for (int i = 0; i < 8; ++i)
        frame += static_cast<char>((declared >> (8 * i)) & 0xff);
    return frame + rubbish(random, 200);
}

std::string body(Random& random) {
    switch (random.below(5)) {
    case 0:
        return bomb(random);
    case 1:
        return rubbish(random, static_cast<std::size_t>(random.below(3000)));
    case 2:
        return std::string(limits::push_bytes_max + 1, '\0');
    case 3:
        return std::string(20'000, '[');
    default:
        return "";
    }
}

}  // namespace

EndpointRequest hostile_request(Random& random) {
    constexpr const char* targets[] = {"/v1/push",
                                       "/v1/push",
                                       "/v1/rescue",
                                       "/v1/pull?epoch=&cursor=-1&limit=99999999999999999999",
                                       "/v1/tablet",
                                       "/v1/tablet?vault=%00",
                                       "/",
                                       "/v1/../../etc/passwd",
                                       "/v1/push?%ff%00=\x01"};
    constexpr const char* methods[] = {"POST", "POST", "GET", "PUT", "BREW"};
    EndpointRequest request;
    request.method = methods[random.below(std::size(methods))];
    request.target = targets[random.below(std::size(targets))];
    if (random.chance(0.5))
        request.mark = {Uuid::random(random).text(), std::to_string(1 + random.below(100)),
                        std::string(wire::locked_sign_in), to_base64(rubbish(random, 64))};
    else if (random.chance(0.5))
        request.mark = {rubbish(random, 20), rubbish(random, 5), rubbish(random, 20), rubbish(random, 20)};
    request.content_type = random.chance(0.8) ? "application/vnd.doorstep.operations+json; v=1" : "text/html";
    request.content_encoding = random.chance(0.1) ? "gzip" : "";
    request.body = body(random);
    return request;
}

}  // namespace doorstep::simulation
