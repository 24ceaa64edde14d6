// Pictures on the wire: how a questionnaire names them, and what the endpoint says it has.
#include "sync/wire/media.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "forms/base/encoding.h"
#include "forms/base/random.h"
#include "sync/operation/bare.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"

using namespace doorstep;

namespace {

MediaItem an_item(Random& random, AttachmentKind kind, std::uint32_t pieces) {
    return {Uuid::random(random),
            Sha256::of(Uuid::random(random).text()),
            pieces * std::uint64_t{65'000},
            pieces,
            kind,
            kind == AttachmentKind::signature ? "send" : "",
            std::string(32, static_cast<char>(random.below(256)))};
}

Operation a_finish(Random& random, std::vector<MediaItem> media) {
    QuestionnaireFinished finished;
    finished.questionnaire = Uuid::random(random);
    finished.contact = Uuid::random(random);
    finished.form = {"safer_streets", "1", {}};
    finished.day = Day::of(2026, 11, 22);
    finished.media = std::move(media);
    Operation operation;
    operation.id = Uuid::random(random);
    operation.sequence = 1;
    operation.subject = Uuid::random(random);
    operation.payload = std::move(finished);
    return operation;
}

std::string with(std::string json, const std::string& what, const std::string& instead) {
    const auto at = json.find(what);
    REQUIRE(at != std::string::npos);
    return json.replace(at, what.size(), instead);
}

std::string reply_as(const std::string& media) {
    return wire::compress(
        fmt::format(R"({{"epoch":"11111111-1111-1111-1111-11111111110b","media":{}}})", media));
}

}  // namespace

TEST_CASE("a questionnaire names its pictures, and one without any says nothing of them", "[wire][media]") {
    SeededRandom random(1);
    const auto named = a_finish(
        random, {an_item(random, AttachmentKind::signature, 1), an_item(random, AttachmentKind::photo, 129)});
    const auto again = wire::decode(wire::encode(named));
    REQUIRE(again.ok());
    CHECK(*again == named);
    CHECK(wire::encode(*again) == wire::encode(named));
    CHECK(wire::encode(a_finish(random, {})).find("media") == std::string::npos);
    auto left = bare(named, Uuid::random(random));
    REQUIRE(left);
    CHECK(std::get<QuestionnaireFinished>(left->payload).media.empty());
    // Without the key, as a person is given it.
    auto told = named;
    std::get<QuestionnaireFinished>(told.payload).media.front().file_key.clear();
    CHECK(*wire::decode(wire::encode(told)) == told);
}

TEST_CASE("a picture beyond a bound is not taken for one", "[wire][media]") {
    SeededRandom random(2);
    const auto json = wire::encode(a_finish(random, {an_item(random, AttachmentKind::photo, 2)}));
    REQUIRE(wire::decode(json).ok());
    for (const auto& [what, instead] :
         std::vector<std::pair<std::string, std::string>>{{"\"pieces\":2", "\"pieces\":0"},
                                                          {"\"pieces\":2", "\"pieces\":130"},
                                                          {"\"pieces\":2", "\"pieces\":1"},
                                                          {"\"length\":130000", "\"length\":1"},
                                                          {"\"length\":130000", "\"length\":131073"},
                                                          {"\"length\":130000", "\"length\":-1"},
                                                          {"\"kind\":\"photo\"", "\"kind\":\"film\""},
                                                          {"\"file_key\":\"", "\"file_key\":\"AA"},
                                                          {"\"sha256\":\"", "\"sha256\":\"0"}}) {
        INFO(instead);
        CHECK_FALSE(wire::decode(with(json, what, instead)).ok());
    }
    std::vector<MediaItem> many(limits::media_items_max, an_item(random, AttachmentKind::signature, 1));
    CHECK(wire::decode(wire::encode(a_finish(random, many))).ok());
    many.push_back(many.front());
    CHECK_FALSE(wire::decode(wire::encode(a_finish(random, many))).ok());
    // All of them together.
    CHECK_FALSE(
        wire::decode(wire::encode(a_finish(
                         random, std::vector<MediaItem>(11, an_item(random, AttachmentKind::photo, 129)))))
            .ok());
}

TEST_CASE("what the endpoint has of a picture comes back bit for bit", "[wire][media]") {
    SeededRandom random(3);
    wire::MediaReply reply{Uuid::random(random), {}};
    for (std::size_t pieces = 1; pieces <= limits::media_pieces_max; pieces += 8) {
        wire::MediaStand stand{Sha256::of(std::to_string(pieces)), pieces % 3 == 0, {}};
        for (std::size_t i = 0; !stand.complete && i < pieces; ++i)
            stand.have.push_back(random.below(2) == 0);
        reply.media.push_back(stand);
    }
    const auto again = wire::decode_media_reply(wire::encode(reply));
    REQUIRE(again.ok());
    CHECK(*again == reply);
    CHECK(wire::decode_media_reply(wire::encode(wire::MediaReply{reply.epoch, {}}))->media.empty());
}

TEST_CASE("an answer about pictures that is none is refused", "[wire][media]") {
    const auto one = [](const std::string& rest) {
        return "[{\"sha256\":\"" + std::string(64, 'a') + "\"" + rest + "}]";
    };
    CHECK(wire::decode_media_reply(reply_as(one(",\"complete\":true"))).ok());
    CHECK(wire::decode_media_reply(reply_as(one(",\"pieces\":9,\"have\":\"/wE=\""))).ok());
    for (const auto& wrong : {one(""), one(",\"pieces\":9,\"have\":\"/w==\""), one(",\"pieces\":9"),
                              one(",\"pieces\":130,\"have\":\"" + to_base64(std::string(17, '\0')) + "\""),
                              one(",\"complete\":1"), std::string("{}"), std::string("[1]"),
                              std::string("[{\"complete\":true}]")}) {
        INFO(wrong);
        CHECK_FALSE(wire::decode_media_reply(reply_as(wrong)).ok());
    }
    std::string many;
    for (std::size_t i = 0; i <= limits::media_asked_max; ++i)
        many += (many.empty() ? "" : ",") + one(",\"complete\":true").substr(1, 64 + 30);
    CHECK_FALSE(wire::decode_media_reply(reply_as("[" + many + "]")).ok());
    CHECK_FALSE(wire::decode_media_reply("portal").ok());
}
