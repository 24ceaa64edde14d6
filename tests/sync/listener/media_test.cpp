// Pictures over the real line: a photo and a signature that are cut off at random bytes, and an endpoint
// that was set back.
#include <filesystem>

#include "sync/endpoint/media.h"
#include "sync/store/attachments.h"
#include "sync/store/drafts.h"
#include "sync/store/outbound_media.h"
#include "sync/store/sealed_connection.h"
#include "tests/support/cutting_proxy.h"
#include "tests/sync/listener/real_tablet.h"
#include "tests/sync/listener/working.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

struct SentPicture {
    MediaItem item;
    std::string content;
};

// A real tablet with a sealed file.
struct PictureTablet : RealTablet {
    explicit PictureTablet(const EndpointProgram& program) : RealTablet(program) {
        keys_.add(1, SecretBytes(std::string(RowKeys::key_size, 'k')));
        auto sealed = open_sealed(folder_ / "doorstep.sqlite", keys_);
        REQUIRE(sealed.ok());
        auto opened = Store::open(**sealed, StoreRole::tablet, clock, random);
        REQUIRE(opened.ok());
        store = std::move(*opened);
        sql = std::move(*sealed);
        REQUIRE(store.enrol(identity).ok());
    }
    ~PictureTablet() {
        // The keys go after the connection.
        auto empty = open_sqlite(":memory:");
        store = std::move(*Store::open(**empty, StoreRole::tablet, clock, random));
        sql = std::move(*empty);
    }
    // A finished questionnaire with a photo and a signature.
    std::vector<SentPicture> finish(std::size_t photo_bytes) {
        const auto questionnaire = Uuid::random(random);
        REQUIRE(Drafts(store).begin({questionnaire, {}, {}, "", 0, 0}, "<form/>").ok());
        std::map<Uuid, std::string> contents;
        for (const auto& [kind, bytes] : {std::pair{AttachmentKind::photo, photo_bytes},
                                          std::pair{AttachmentKind::signature, std::size_t{6'000}}}) {
            std::string content;
            while (content.size() < bytes)
                content += static_cast<char>(random.below(256));
            const auto id = Uuid::random(random);
            REQUIRE(Attachments(store).add(id, questionnaire, kind, content).ok());
            contents[id] = content;
        }
        QuestionnaireFinished finished;
        finished.questionnaire = questionnaire;
        finished.contact = Uuid::random(random);
        finished.form = {"safer_streets", "1", {}};
        finished.complete = true;
        finished.day = Day::of(2013, 6, 8);
        Operation fact;
        fact.subject = Uuid::random(random);
        fact.payload = finished;
        auto transaction = store.begin();
        REQUIRE(transaction.ok());
        const auto recorded = transaction->append({fact});
        REQUIRE(recorded.ok());
        REQUIRE(transaction->commit().ok());
        std::vector<SentPicture> sent;
        for (const auto& item : std::get<QuestionnaireFinished>(recorded->front().payload).media)
            sent.push_back({item, contents.at(item.id)});
        return sent;
    }
    std::uint64_t waits() const {
        const auto left = outbound_media(*sql, {}, true);
        REQUIRE(left.ok());
        return left->signatures + left->photos;
    }

private:
    TemporaryFolder folder_;
    RowKeys keys_;
};

// Once nobody has the endpoint's file open.
void are_whole(const EndpointProgram& program, const std::vector<SentPicture>& pictures) {
    auto sql = open_sqlite(program.folder() + "/doorstep.sqlite");
    REQUIRE(sql.ok());
    std::int64_t pieces = 0;
    for (const auto& one : pictures) {
        const auto opened = open_media(**sql, one.item);
        REQUIRE(opened.ok());
        CHECK(opened->view() == one.content);
        pieces += one.item.pieces;
    }
    sql->reset();
    CHECK(rows_in(program, "media where done_ms > 0") == static_cast<std::int64_t>(pictures.size()));
    CHECK(rows_in(program, "media_piece") == pieces);
}

}  // namespace

TEST_CASE("a photo of 1 MiB and a signature that are cut off at random bytes arrive whole, once",
          "[listener][media]") {
    const int wanted = size_of_run("DOORSTEP_MEDIA_CUTS", 50);
    Data data;
    REQUIRE(data.program.serve());
    PictureTablet tablet(data.program);
    REQUIRE(tablet.sync(data.program.address()).up_to_date);
    const auto pictures = tablet.finish(std::size_t{1} << 20);
    REQUIRE(tablet.waits() == 2);
    // A connection brings hardly more than a piece, so that there is something to cut to the last.
    SeededRandom chance(22);
    CuttingProxy wire(data.program.port(), [&] {
        const bool upward = chance.below(8) != 0;
        return Cut{upward, 1 + chance.below(upward ? 72'000 : 3'000), chance.below(2) == 0,
                   wire.cuts() >= wanted};
    });
    SyncOutcome outcome;
    for (int turn = 0; turn < 20 && !outcome.up_to_date; ++turn)
        outcome = tablet.sync(wire.address(), 10 * wanted, 20);
    INFO(outcome.state.words);
    CHECK(outcome.up_to_date);
    CHECK(wire.cuts() >= wanted);
    CHECK(tablet.waits() == 0);
    CHECK(data.program.end() == 0);
    are_whole(data.program, pictures);
    std::printf("%d cuts while a photo of 1 MiB and a signature were sent: both whole, once\n", wire.cuts());
}

TEST_CASE("after a restore of an older backup the pictures come again by themselves",
          "[endpoint-program][media]") {
    TemporaryFolder temporary;
    EndpointProgram program(temporary / "data");
    REQUIRE(program.prepare().status == 0);
    REQUIRE(program.serve());
    PictureTablet tablet(program);
    auto pictures = tablet.finish(70'000);
    REQUIRE(tablet.sync(program.address()).up_to_date);
    std::filesystem::create_directory(temporary / "backups");
    const auto made = program.run({"backup", "--to", temporary / "backups", "--off-site"});
    INFO(made.err);
    REQUIRE(made.status == 0);
    for (auto& one : tablet.finish(200'000))
        pictures.push_back(std::move(one));
    REQUIRE(tablet.sync(program.address()).up_to_date);
    CHECK(tablet.waits() == 0);
    program.kill_now();
    EndpointProgram restored(temporary / "restored");
    const auto done = restored.run({"restore", word_after(made.out, "backup"), "--sheet", program.sheet(),
                                    "--reason", "the disk died", "--no-erasures"});
    INFO(done.out + done.err);
    REQUIRE(done.status == 0);
    CHECK(rows_in(restored, "media where done_ms > 0") == 2);
    REQUIRE(restored.serve_without_keys());
    const auto outcome = tablet.sync(restored.address());
    INFO(outcome.state.words);
    CHECK(outcome.up_to_date);
    CHECK(tablet.waits() == 0);
    CHECK(restored.end() == 0);
    are_whole(restored, pictures);
}
