// Signatures and photos: what comes back is what was put in, and nothing else.
#include "sync/store/attachments.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "sync/store/ballast.h"
#include "sync/store/drafts.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr auto signature = AttachmentKind::signature;
constexpr auto photo = AttachmentKind::photo;

std::string picture(Random& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random.below(256));
    return bytes;
}

Uuid draft(Rig& rig) {
    const auto id = Uuid::random(rig.random);
    REQUIRE(Drafts(*rig.store).begin({id, {}, {}, "", 0, 0}, "<form/>").ok());
    return id;
}

std::string sealed_bytes(const Attachments& attachments, const Attachment& one) {
    std::string all;
    for (std::uint32_t i = 0; i < one.pieces; ++i) {
        const auto piece = attachments.sealed_piece(one.id, i);
        REQUIRE(piece.ok());
        CHECK(piece->size() <= attachment_limits::sealed_piece_max);
        all += *piece;
    }
    CHECK(attachments.sealed_piece(one.id, one.pieces).error().fault == Fault::not_found);
    return all;
}

Result<Attachment> add(Rig& rig, const Uuid& questionnaire, const std::string& content,
                       AttachmentKind kind = photo) {
    return Attachments(*rig.store).add(Uuid::random(rig.random), questionnaire, kind, content);
}

}  // namespace

TEST_CASE("a picture of any size comes back as it was, after reopening too, and is named by its sealed bytes",
          "[store][attachments]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    const auto questionnaire = draft(rig);
    constexpr auto piece = attachment_limits::piece_bytes;
    std::vector<std::pair<Attachment, std::string>> kept;
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{256}, piece - 1, piece, piece + 1, 3 * piece + 7}) {
        INFO(size);
        const auto content = picture(rig.random, size);
        const auto added = add(rig, questionnaire, content, size < 1000 ? signature : photo);
        REQUIRE(added.ok());
        CHECK(added->bytes == size);
        CHECK(added->pieces == (size + piece - 1) / piece);
        kept.emplace_back(*added, content);
    }
    rig.open();
    const Attachments attachments(*rig.store);
    const auto all = attachments.of(questionnaire);
    CHECK(all->size() == kept.size());
    CHECK(attachments.of(Uuid::random(rig.random))->empty());
    for (const auto& [told, content] : kept) {
        CHECK(attachments.read(told.id)->view() == content);
        const auto sealed = sealed_bytes(attachments, told);
        CHECK(sealed.size() == told.sealed_bytes);
        CHECK(Sha256::of(sealed) == told.sealed_hash);
        if (content.size() >= 16)
            CHECK(sealed.find(content.substr(0, 16)) == std::string::npos);
        CHECK(std::count_if(all->begin(), all->end(), [&](const Attachment& one) {
                  return one.id == told.id && one.kind == told.kind && one.sealed_hash == told.sealed_hash;
              }) == 1);
    }
}

TEST_CASE("the same picture added again is the same one; another under its id is refused",
          "[store][attachments]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    const auto questionnaire = draft(rig);
    Attachments attachments(*rig.store);
    const auto id = Uuid::random(rig.random);
    const auto first = attachments.add(id, questionnaire, signature, "strokes");
    const auto again = attachments.add(id, questionnaire, signature, "strokes");
    REQUIRE((first.ok() && again.ok()));
    CHECK(first->sealed_hash == again->sealed_hash);
    CHECK(attachments.all()->size() == 1);
    CHECK(attachments.add(id, questionnaire, signature, "others").error().fault == Fault::conflict);
    CHECK(attachments.add(id, questionnaire, photo, "strokes").error().fault == Fault::conflict);
    CHECK(attachments.read(id)->view() == "strokes");
}

TEST_CASE("what is too large, too much, empty or of no questionnaire is refused in words",
          "[store][attachments]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    const auto questionnaire = draft(rig);
    const std::string largest(attachment_limits::bytes_max, 'x');
    const auto refused = add(rig, questionnaire, largest + "x");
    CHECK(refused.error().fault == Fault::bad_input);
    CHECK(refused.error().text().find("at most 8 MiB") != std::string::npos);
    CHECK(add(rig, questionnaire, "").error().fault == Fault::bad_input);
    CHECK(add(rig, Uuid::random(rig.random), "x").error().fault == Fault::not_found);
    for (int i = 0; i < 8; ++i)
        REQUIRE(add(rig, questionnaire, largest).ok());
    const auto too_many = add(rig, questionnaire, "x");
    CHECK(too_many.error().fault == Fault::bad_input);
    CHECK(too_many.error().text().find("at most 64 MiB") != std::string::npos);
    CHECK(add(rig, draft(rig), "x").ok());  // another questionnaire has its own room
    CHECK(Attachments(*rig.store).of(questionnaire)->size() == 8);
}

TEST_CASE("pictures go with what they belong to, in its transaction or not at all", "[store][attachments]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    const auto going = draft(rig);
    const auto staying = draft(rig);
    Attachments attachments(*rig.store);
    const auto first = add(rig, going, "one", signature);
    const auto second = add(rig, going, "two");
    const auto third = add(rig, staying, "three");
    REQUIRE((first.ok() && second.ok() && third.ok()));
    {
        auto undone = rig.store->begin();
        REQUIRE(undone.ok());
        REQUIRE(Attachments::remove_all(*undone, going).ok());
    }
    CHECK(attachments.of(going)->size() == 2);
    auto transaction = rig.store->begin();
    REQUIRE(transaction.ok());
    REQUIRE(Attachments::remove(*transaction, first->id).ok());
    REQUIRE(Attachments::remove_all(*transaction, going).ok());
    REQUIRE(Drafts::remove(*transaction, going).ok());
    REQUIRE(transaction->commit().ok());
    CHECK(attachments.all()->size() == 1);
    CHECK(attachments.read(second->id).error().fault == Fault::not_found);
    CHECK(attachments.read(third->id)->view() == "three");
    CHECK(rig.rows("select count(*) from sealed_piece") == std::vector<std::string>{"1"});
}

TEST_CASE("a newer key changes the row of a picture and not the picture's sealed bytes",
          "[store][attachments]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    const auto content = picture(rig.random, 100'000);
    const auto added = add(rig, draft(rig), content);
    REQUIRE(added.ok());
    rig.keys.add(2, SecretBytes(std::string(RowKeys::key_size, 'n')));
    for (auto left = seal_anew(*rig.sql, 2); left.ok() && *left > 0; left = seal_anew(*rig.sql, 2))
        ;
    CHECK(rig.rows("select distinct generation from sealed_attachment") == std::vector<std::string>{"2"});
    rig.close();
    rig.keys.drop(1);
    rig.open();
    const Attachments attachments(*rig.store);
    CHECK(attachments.all()->front().sealed_hash == added->sealed_hash);
    CHECK(Sha256::of(sealed_bytes(attachments, *added)) == added->sealed_hash);
    CHECK(attachments.read(added->id)->view() == content);
}

TEST_CASE("an altered, swapped, cut or moved picture is told and not shown", "[store][attachments]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    const auto questionnaire = draft(rig);
    const auto other = draft(rig);
    const auto added = add(rig, questionnaire, picture(rig.random, 150'000));
    const auto neighbour = add(rig, other, picture(rig.random, 150'000));
    REQUIRE((added.ok() && neighbour.ok()));
    const auto file = rig.file;
    for (const char* harm :
         {"update sealed_piece set sealed = sealed || x'00' where number = 1",
          "update sealed_piece set number = case number when 0 then 10 else number end",
          "delete from sealed_piece where number = 2",
          "update sealed_piece set sealed = (select sealed from sealed_piece where number = 0) where number "
          "= 1",
          "update sealed_attachment set questionnaire = zeroblob(16)",
          "update sealed_attachment set sealed = (select max(sealed) from sealed_attachment)"}) {
        INFO(harm);
        rig.close();
        std::filesystem::copy_file(file, file + ".kept", std::filesystem::copy_options::overwrite_existing);
        {
            const auto raw = open_sqlite(file);
            REQUIRE(raw.ok());
            REQUIRE((*raw)->script(harm).ok());
            REQUIRE(checkpoint(**raw).ok());
        }
        rig.open();
        const Attachments attachments(*rig.store);
        const auto first = attachments.read(added->id);
        const auto second = attachments.read(neighbour->id);
        CHECK_FALSE((first.ok() && second.ok()));
        for (const auto* one : {&first, &second})
            if (!one->ok())
                CHECK(one->error().fault == Fault::damaged);
        rig.close();
        std::filesystem::rename(file + ".kept", file);
        rig.open();
    }
    CHECK(Attachments(*rig.store).read(added->id).ok());
}

TEST_CASE("a picture does not take the room that is kept for answers", "[store][attachments]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    const auto questionnaire = draft(rig);
    const Ballast given_up(rig.file, 1 << 20);
    const auto refused =
        Attachments(*rig.store, &given_up).add(Uuid::random(rig.random), questionnaire, photo, "picture");
    CHECK(refused.error().fault == Fault::disk_full);
    CHECK(refused.error().text().find("answers can still be saved") != std::string::npos);
    Ballast ballast(rig.file, 1 << 20);
    REQUIRE(ballast.stand_by().ok());
    CHECK(Attachments(*rig.store, &ballast)
              .add(Uuid::random(rig.random), questionnaire, photo, "picture")
              .ok());
}

TEST_CASE("the endpoint's plain store keeps no pictures", "[store][attachments]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite", StoreRole::endpoint);
    CHECK(Attachments(*rig.store).all().error().fault == Fault::refused);
    CHECK(Attachments(*rig.store).add(Uuid::random(rig.random), {}, photo, "x").error().fault ==
          Fault::refused);
}
