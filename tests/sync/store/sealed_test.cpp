// The tablet's store at rest: every row sealed, memory as current as the file.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "forms/base/encoding.h"
#include "sync/store/drafts.h"
#include "sync/store/row_text.h"
#include "sync/store/schema.h"
#include "sync/store/sealed_tables.h"
#include "sync/store/walks.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/store/facts.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr const char* canary = "Quartzmeadow";

std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string every_byte(const std::string& file) {
    return bytes_of(file) + bytes_of(file + "-wal") + bytes_of(file + "-journal");
}

Operation at_home(Rig& rig, ContactOutcome outcome) {
    Operation contact = a_contact(Uuid::random(rig.random), outcome);
    std::get<ContactRecorded>(contact.payload).address.road = canary;
    return contact;
}

// One of everything that holds a resident's words.
void fill(Rig& rig) {
    rig.append({at_home(rig, ContactOutcome::no_answer)});
    Drafts drafts(*rig.store);
    DraftHeader header;
    header.questionnaire = Uuid::random(rig.random);
    header.contact = Uuid::random(rig.random);
    header.form = {"form", "1", Sha256::of("x")};
    header.begun = std::string("begun ") + canary;
    REQUIRE(drafts.begin(header, std::string("<form>") + canary).ok());
    REQUIRE(drafts.keep(header.questionnaire, {std::string("name ") + canary, "age 80"}).ok());
    WalkDoor door;
    door.household = Uuid::random(rig.random);
    door.address.road = canary;
    REQUIRE(Walks(*rig.store).keep(Uuid::random(rig.random), {door}).ok());
}

}  // namespace

TEST_CASE("nothing that was written can be read in the file, and all of it after reopening",
          "[store][sealed]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig);
    const std::string before = rig.dump();
    CHECK(before.find(to_hex(std::string(canary))) != std::string::npos);
    CHECK(every_byte(rig.file).find(canary) == std::string::npos);
    REQUIRE(checkpoint(*rig.sql).ok());
    CHECK(every_byte(rig.file).find(canary) == std::string::npos);
    rig.close();
    CHECK(every_byte(rig.file).find(canary) == std::string::npos);
    rig.open();
    CHECK(rig.dump() == before);
    Drafts drafts(*rig.store);
    const auto all = drafts.all();
    REQUIRE(all.ok());
    REQUIRE(all->size() == 1);
    CHECK(all->front().begun == std::string("begun ") + canary);
    CHECK(drafts.lines(all->front().questionnaire)->at(0).text == std::string("name ") + canary);
    CHECK(drafts.form_xml(all->front().form.hash)->value() == std::string("<form>") + canary);
    REQUIRE(rig.store->log().ok());
    CHECK(rig.store->log()->size() == 1);
    CHECK(rig.store->unsent(0, 1 << 20, 100)->size() == 1);
}

TEST_CASE("the file of one tablet opens with its own keys only", "[store][sealed]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig);
    rig.close();
    RowKeys other;
    other.add(1, SecretBytes::random(RowKeys::key_size));
    const auto opened = open_sealed(rig.file, other);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().fault == Fault::damaged);
    CHECK(opened.error().text().find(canary) == std::string::npos);
}

TEST_CASE("what was rolled back is neither in the file nor in memory", "[store][sealed]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig);
    const std::string before = rig.dump();
    {
        auto transaction = rig.store->begin();
        REQUIRE(transaction.ok());
        REQUIRE(transaction->append({at_home(rig, ContactOutcome::declined)}).ok());
    }
    CHECK(rig.dump() == before);
    rig.close();
    rig.open();
    CHECK(rig.dump() == before);
    CHECK(rig.append({at_home(rig, ContactOutcome::declined)}).front().sequence == 2);
}

TEST_CASE("a row that was altered, swapped or taken from its own past is told, never shown",
          "[store][sealed]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig);
    rig.close();
    const auto spoilt = [&](const char* how) {
        std::filesystem::remove(folder / "copy.sqlite");
        std::filesystem::copy_file(rig.file, folder / "copy.sqlite");
        {
            auto plain = open_sqlite(folder / "copy.sqlite");
            REQUIRE(plain.ok());
            REQUIRE((*plain)->script(how).ok());
        }
        const auto opened = open_sealed(folder / "copy.sqlite", rig.keys);
        return !opened.ok() && opened.error().fault == Fault::damaged;
    };
    CHECK_FALSE(spoilt("select 1"));
    CHECK(spoilt(
        "update sealed_row set sealed = (select sealed from sealed_row where number = 2) where number = 1"));
    CHECK(spoilt("update sealed_row set revision = revision + 1 where number = 1"));
    CHECK(spoilt("update sealed_row set generation = 2 where number = 1"));
    CHECK(spoilt("update sealed_row set schema_version = 1 where number = 1"));
    CHECK(spoilt("update sealed_row set sealed = x'00' where number = 1"));
    CHECK(spoilt("update sealed_row set sealed = substr(sealed, 1, length(sealed) - 1) where number = 1"));
}

TEST_CASE("an altered body is told when it is asked for, and the rest is there", "[store][sealed]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig);
    const std::string before = rig.dump();
    rig.close();
    {
        auto plain = open_sqlite(rig.file);
        REQUIRE(plain.ok());
        REQUIRE((*plain)->script("update sealed_body set sealed = zeroblob(length(sealed))").ok());
    }
    rig.open();
    CHECK(rig.dump() == before);
    REQUIRE_FALSE(rig.store->log().ok());
    CHECK(rig.store->log().error().fault == Fault::damaged);
}

TEST_CASE("every table of the store is sealed or stays in the file", "[store][sealed]") {
    TemporaryFolder folder;
    Rig plain(folder / "plain.sqlite", StoreRole::endpoint);
    std::vector<std::string> kept{"operation_body", "envelope",       "waiting",    "rescued",
                                  "sent_mark",      "witnessed_head", "held_patch", "patch_total"};
    for (const KeptTable& table : kept_tables())
        kept.emplace_back(table.name);
    for (const std::string& table :
         plain.rows("select name from sqlite_master where type = 'table' and name not like 'sqlite%'")) {
        INFO(table);
        CHECK(std::count(kept.begin(), kept.end(), table) == 1);
    }
}

TEST_CASE("the key is renewed some rows at a time, and the old one is not needed any more",
          "[store][sealed]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    for (int home = 1; home < 20; ++home)
        rig.append({at_home(rig, ContactOutcome::no_answer)});
    fill(rig);
    const std::string before = rig.dump();
    rig.keys.add(2, SecretBytes::random(RowKeys::key_size));
    std::int64_t left = 1;
    int rounds = 0;
    for (; left > 0; ++rounds) {
        const auto older = seal_anew(*rig.sql, 10);
        REQUIRE(older.ok());
        left = *older;
        if (rounds == 3) {  // a new start in the middle
            rig.close();
            rig.open();
        }
    }
    CHECK(rounds > 5);
    rig.keys.drop(1);
    CHECK(rig.dump() == before);
    CHECK(rig.store->log()->size() == 20);
    rig.close();
    rig.open();
    CHECK(rig.dump() == before);
    CHECK(rig.store->log()->size() == 20);
    CHECK(rig.store->unsent(0, 1 << 20, 100)->size() == 20);
}

TEST_CASE("a sealed store of a newer version is left as it is", "[store][sealed]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig);
    REQUIRE(rig.sql->script("pragma disk.user_version = 9999").ok());
    rig.close();
    const std::string before = bytes_of(rig.file);
    const auto opened = open_sealed(rig.file, rig.keys);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().fault == Fault::newer_version);
    CHECK(bytes_of(rig.file) == before);
}

TEST_CASE("sealing a plain store begins anew after it was cut off", "[store][sealed]") {
    TemporaryFolder folder;
    const std::string file = folder / "s.sqlite";
    std::ofstream(file + ".sealing") << "half";
    std::ofstream(file + ".sealing-wal") << "half";
    {
        auto plain = open_sqlite(file);
        REQUIRE(plain.ok());
        ManualClock clock(1, 0);
        SeededRandom random(1);
        auto store = Store::open(**plain, StoreRole::tablet, clock, random);
        REQUIRE(store.ok());
        auto transaction = store->begin();
        REQUIRE(transaction->append({a_visit(random)}).ok());
        REQUIRE(transaction->commit().ok());
    }
    Rig rig(file, StoreRole::tablet, 2);
    CHECK(rig.store->log()->size() == 1);
    CHECK(rig.append({a_visit(rig.random)}).front().sequence == 2);
    CHECK_FALSE(std::filesystem::exists(file + ".sealing"));
    CHECK_FALSE(std::filesystem::exists(file + ".sealing-wal"));
}

TEST_CASE("a row is the same after it was written as bytes, and other bytes are refused", "[store][sealed]") {
    const std::string id(16, 'i');
    const std::vector<RowText> rows{{7,
                                     {Null{}, std::int64_t{0}, std::int64_t{-1}, INT64_MIN, INT64_MAX, 1.5,
                                      std::string("a\0b", 3), Blob{""}, Blob{id}, std::string("completed")}},
                                    {8, {Blob{id}, id, std::string(300, 'x'), INT64_MAX, std::int64_t{15}}},
                                    {9, {}}};
    const std::string bytes = encode_record(rows);
    const auto values = [](const RecordText::Row& row) {
        std::vector<SqlValue> out;
        for (const RowPart& part : row.values)
            out.push_back(part.kind == RowPart::Kind::null      ? SqlValue{Null{}}
                          : part.kind == RowPart::Kind::integer ? SqlValue{part.integer}
                          : part.kind == RowPart::Kind::real    ? SqlValue{part.real}
                          : part.kind == RowPart::Kind::text    ? SqlValue{std::string(part.bytes)}
                                                                : SqlValue{Blob{std::string(part.bytes)}});
        return out;
    };
    RecordText text;
    REQUIRE(text.read(bytes).ok());
    REQUIRE(text.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(text.row(i).table == rows[i].table);
        CHECK(values(text.row(i)) == rows[i].values);
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        RecordText cut;
        CHECK((!cut.read(std::string_view(bytes).substr(0, size)).ok() || cut.size() < rows.size()));
    }
    for (const char* other : {"\x07\x01\xe0", "\x07\x01\xa0", "\x07\x01\xbf\xff\xff", "\x07\x01\xdf\x7f",
                              "\x07\xff\xff\xff\xff\xff\xff\xff\xff\x7f"})
        CHECK_FALSE(text.read(other).ok());
}
