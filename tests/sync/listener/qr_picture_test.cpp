// The picture of an invitation, read back by a program that knows nothing of ours.
#include "sync/listener/qr_picture.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "tests/support/temporary_folder.h"
#include "tests/sync/listener/process.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

const std::string some_text = "DOORSTEP1*HTTPS://ENDPOINT.EXAMPLE:8443*"
                              "B9D5MPJTB9D5MPJTB9D5MPJTB9D5MPJTB9D5MPJTB9D5MPJTB9D0*7K3MQ2ZT*ABCD";

// From the half blocks of a terminal, which somebody's camera would look at.
std::vector<std::string> modules_of(const std::string& blocks) {
    std::vector<std::string> rows;
    std::string upper;
    std::string lower;
    for (std::size_t i = 0; i < blocks.size();) {
        if (blocks[i] == '\n') {
            rows.push_back(std::exchange(upper, {}));
            rows.push_back(std::exchange(lower, {}));
            ++i;
            continue;
        }
        const bool space = blocks[i] == ' ';
        const auto sign = space ? std::string() : blocks.substr(i, 3);
        upper += sign == "█" || sign == "▀" ? '1' : '0';
        lower += sign == "█" || sign == "▄" ? '1' : '0';
        i += space ? 1 : 3;
    }
    return rows;
}

std::string as_pgm(const std::vector<std::string>& rows) {
    constexpr std::size_t scale = 6;
    std::string out = fmt::format("P5\n{} {}\n255\n", rows.front().size() * scale, rows.size() * scale);
    for (const auto& row : rows)
        for (std::size_t again = 0; again < scale; ++again)
            for (const char module : row)
                out.append(scale, module == '1' ? '\0' : '\xff');
    return out;
}

}  // namespace

TEST_CASE("another program reads the text back from the picture on the terminal", "[qr]") {
    if (std::system("command -v zbarimg > /dev/null") != 0) {
        WARN("SKIPPED: zbarimg (zbar-tools) is not installed");
        return;
    }
    const auto picture = qr_of(some_text);
    REQUIRE(picture.ok());
    const TemporaryFolder folder;
    const auto file = folder / "picture.pgm";
    std::ofstream(file, std::ios::binary) << as_pgm(modules_of(as_blocks(*picture, false)));
    const auto said = folder / "said";
    REQUIRE(std::system(("zbarimg --quiet --nodbus --raw " + file + " > " + said).c_str()) == 0);
    CHECK(file_text(said) == some_text + "\n");
}

TEST_CASE("the picture has its margin, and the same modules as SVG", "[qr]") {
    const auto picture = qr_of(some_text);
    REQUIRE(picture.ok());
    const auto rows = modules_of(as_blocks(*picture, false));
    const auto side = static_cast<std::size_t>(picture->side) + 8;
    CHECK(rows.front() == std::string(side, '0'));
    CHECK(rows.at(4).substr(0, 12) == "000011111110");
    const auto svg = as_svg(*picture);
    std::size_t squares = 0;
    for (std::size_t at = svg.find('M'); at != std::string::npos; at = svg.find('M', at + 1))
        ++squares;
    CHECK(squares == static_cast<std::size_t>(std::count(picture->dark.begin(), picture->dark.end(), true)));
    CHECK(has(as_blocks(*picture, true), "\033[0m\n"));
    CHECK_FALSE(qr_of(std::string(4'000, 'x')).ok());
}
