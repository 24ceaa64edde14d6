#include "sync/vault/vault.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "sync/vault/sealing.h"
#include "tests/sync/vault/tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

Fault fault_of(const Result<void>& result) {
    REQUIRE_FALSE(result.ok());
    return result.error().fault;
}

}  // namespace

TEST_CASE("a vault opens to the passphrases of its sign-ins and to the recovery key", "[vault]") {
    const Tablet tablet;
    const auto sealed = tablet.by_lead().row_keys()->seal(some_row, "12 Quartz Street");
    CHECK(tablet.by_officer().row_keys()->open(some_row, 1, sealed)->view() == "12 Quartz Street");

    auto vault = *tablet.open();
    CHECK_FALSE(vault.is_open());
    CHECK(vault.row_keys().error().fault == Fault::refused);
    REQUIRE(vault.unlock(tablet.officer, "  copper   lantern moss ").ok());
    CHECK(vault.role() == SlotRole::officer);
    CHECK(vault.label() == "O7-harbour-street");
    vault.lock();
    CHECK(vault.row_keys().error().fault == Fault::refused);
    REQUIRE(vault.unlock_by_recovery(tablet.recovery).ok());
    CHECK(vault.role() == SlotRole::lead);
    CHECK(vault.row_keys()->open(some_row, 1, sealed).ok());
    CHECK(fault_of(vault.unlock_by_recovery(KeyPair::make())) == Fault::refused);
    CHECK_FALSE(vault.is_open());
    CHECK(fault_of(vault.unlock(Uuid{}, lead_words)) == Fault::not_found);
}

TEST_CASE("the file of a vault is its user's alone and shows no name, and needs the device", "[vault]") {
    const Tablet tablet;
    struct stat facts {};
    for (const auto& file : {tablet.place().file, tablet.place().tries}) {
        REQUIRE(::stat(file.c_str(), &facts) == 0);
        CHECK((facts.st_mode & 0777) == 0600);
    }
    CHECK(read_bytes(tablet.place().file).find("O7-harbour-street") == std::string::npos);
    const auto listed = *tablet.open()->sign_ins();
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].label == "L1");
    CHECK(listed[0].role == SlotRole::lead);
    CHECK(listed[1].label == "O7-harbour-street");
    CHECK(listed[1].tries_left == 10);
    const auto elsewhere = Vault::open(tablet.place(), DeviceSecret(SecretBytes::random()), tablet.around());
    CHECK(elsewhere.error().fault == Fault::damaged);
    CHECK(Vault::create(tablet.place(), tablet.device(), tablet.around(), {}).error().fault ==
          Fault::conflict);
}

TEST_CASE("a vault whose device secret is lost is made anew by the recovery key, for one lead", "[vault]") {
    Tablet tablet;
    const auto before = tablet.by_lead();
    const auto sealed = before.row_keys()->seal(some_row, "14 Mill Lane");
    const auto inbox = before.inbox_key();
    const auto file = read_bytes(tablet.place().file);
    const NewLead lead{"L2", "violet anchor bridge", quick};
    tablet.secret = SecretBytes::random();  // of the new device
    REQUIRE(tablet.open().error().fault == Fault::damaged);

    CHECK(Vault::remake(tablet.place(), tablet.device(), tablet.around(), KeyPair::make(), lead)
              .error()
              .fault == Fault::refused);
    CHECK_FALSE(Vault::remake(tablet.place(), tablet.device(), tablet.around(), tablet.recovery,
                              {"L2", "short", quick})
                    .ok());
    CHECK(read_bytes(tablet.place().file) == file);

    const auto made = Vault::remake(tablet.place(), tablet.device(), tablet.around(), tablet.recovery, lead);
    REQUIRE(made.ok());
    CHECK(made->is_open());
    CHECK(made->id() == before.id());
    CHECK(made->inbox_key() == inbox);
    CHECK_FALSE(made->tablet_key() == before.tablet_key());
    CHECK(read_bytes(tablet.place().file + ".before-recovery") == file);

    auto vault = *tablet.open();
    REQUIRE(vault.sign_ins()->size() == 1);
    const Uuid slot = vault.sign_ins()->front().slot;
    CHECK_FALSE(vault.unlock(slot, lead_words).ok());
    REQUIRE(vault.unlock(slot, "violet anchor bridge").ok());
    CHECK(vault.acts_as_lead());
    CHECK(vault.licence().valid);
    CHECK(vault.row_keys()->open(some_row, 1, sealed)->view() == "14 Mill Lane");
    CHECK(vault.sign("a purpose", "content").ok());
    CHECK(vault.open_inbox(seal(inbox, "page")).ok());
    const auto officer = vault.add_slot("O8", SlotRole::officer, officer_words, quick);
    REQUIRE(officer.ok());
    REQUIRE(vault.begin_rotation().ok());
    CHECK(tablet.open()->unlock(*officer, officer_words).ok());
    CHECK(Vault::rescue_row_keys(tablet.place().file, tablet.recovery)->generations().size() == 2);
}

TEST_CASE("any bit of the vault's file altered is told, and any length of it", "[vault]") {
    const Tablet tablet;
    const auto whole = read_bytes(tablet.place().file);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto altered = whole;
        altered[at] = static_cast<char>(altered[at] ^ (1 << at % 8));
        const auto decoded = decode_vault(altered, tablet.device());
        REQUIRE_FALSE(decoded.ok());
        REQUIRE(decoded.error().fault == Fault::damaged);
        REQUIRE_FALSE(decode_vault(std::string_view(whole).substr(0, at), tablet.device()).ok());
        // Without a proof nothing may go wrong either but that less opens.
        static_cast<void>(decode_unproven(altered).ok());
        static_cast<void>(decode_unproven(std::string_view(whole).substr(0, at)).ok());
    }
    write_bytes(tablet.place().file, whole.substr(0, whole.size() / 2));
    CHECK(tablet.open().error().fault == Fault::damaged);
    write_bytes(tablet.place().file, whole);
    CHECK(tablet.open().ok());
}

TEST_CASE("a write of the vault torn at any byte leaves the one before", "[vault]") {
    const Tablet tablet;
    const auto before = read_bytes(tablet.place().file);
    REQUIRE(tablet.by_lead().begin_rotation().ok());
    const auto after = read_bytes(tablet.place().file);
    for (std::size_t size = 0; size < after.size(); size += 31) {
        write_bytes(tablet.place().file, before);
        write_bytes(tablet.place().file + ".new", std::string_view(after).substr(0, size));
        auto vault = *tablet.open();
        REQUIRE(vault.unlock(tablet.lead, lead_words).ok());
        REQUIRE(vault.row_keys()->generations() == std::vector<KeyGeneration>{1});
    }
    // What is left lying there is in nobody's way.
    CHECK(tablet.by_lead().begin_rotation().ok());
}

TEST_CASE("an officer with all rights over the disk cannot make himself a lead", "[vault]") {
    const Tablet tablet;
    auto content = *decode_vault(read_bytes(tablet.place().file), tablet.device());
    SECTION("by the role in the charter") {
        content.charter.slots[1].role = SlotRole::lead;
    }
    SECTION("by a charter that he signed himself") {
        const auto mine = SigningPair::make();
        content.charter.authority = mine.public_key;
        content.charter_signature = sign(mine, "doorstep charter 1", charter_bytes(content.charter));
    }
    SECTION("by a row key of his own") {
        const auto mine = SecretBytes::random();
        content.live[0].copies = copies_for(content, mine, Readers::everybody);
        content.charter.generations[0].commitment = row_key_commitment(content.charter, 1, mine);
    }
    SECTION("by a row key that the charter does not know") {
        content.live[0].copies = copies_for(content, SecretBytes::random(), Readers::everybody);
    }
    SECTION("by another's name") {
        content.secrets[1].label = content.secrets[0].label;
    }
    SECTION("by another's secrets") {
        std::swap(content.secrets[0].wrap, content.secrets[1].wrap);
    }
    SECTION("by cheaper tries") {
        content.secrets[1].wrap.cost.passes = 2;
    }
    write_bytes(tablet.place().file, encode_vault(content, tablet.device()));
    auto vault = *tablet.open();
    const auto unlocked = vault.unlock(tablet.officer, officer_words);
    CHECK_FALSE(unlocked.ok());
    CHECK_FALSE(vault.is_open());
}

TEST_CASE("a vault of a newer Doorstep is left alone and told", "[vault]") {
    const Tablet tablet;
    auto bytes = read_bytes(tablet.place().file);
    // As such a version would write it: another number, and a proof over that.
    bytes[std::string("doorstep vault ").size()] = '2';
    CHECK(decode_vault(bytes, tablet.device()).error().fault == Fault::damaged);
    bytes.resize(bytes.size() - 32);
    const std::string purpose = "doorstep vault file 1";
    bytes += proof(derive(tablet.device().key(), purpose), purpose, bytes);
    write_bytes(tablet.place().file, bytes);
    CHECK(tablet.open().error().fault == Fault::newer_version);
    CHECK(read_bytes(tablet.place().file) == bytes);
}

TEST_CASE("a lead adds, renews and removes sign-ins without a network; an officer does not", "[vault]") {
    const Tablet tablet;
    auto officer = tablet.by_officer();
    CHECK(officer.add_slot("O8", SlotRole::officer, "harbour thimble fog", quick).error().fault ==
          Fault::refused);
    CHECK(officer.begin_rotation().error().fault == Fault::refused);
    CHECK(officer.remove_slot(tablet.lead).error().fault == Fault::refused);
    CHECK(fault_of(officer.reissue_slot(tablet.lead, officer_words, quick)) == Fault::refused);
    CHECK(fault_of(officer.renew_licence()) == Fault::refused);

    auto lead = tablet.by_lead();
    CHECK(lead.add_slot("O7-harbour-street", SlotRole::officer, "harbour thimble fog", quick).error().fault ==
          Fault::conflict);
    CHECK(lead.add_slot("", SlotRole::officer, "harbour thimble fog", quick).error().fault ==
          Fault::bad_input);
    CHECK(lead.add_slot("O8", SlotRole::officer, "short", quick).error().fault == Fault::bad_input);
    const auto added = lead.add_slot("O8", SlotRole::officer, "harbour thimble fog", quick);
    REQUIRE(added.ok());
    CHECK(tablet.opened_by(*added, "harbour thimble fog").label() == "O8");

    REQUIRE(lead.reissue_slot(*added, "willow anvil comet", quick).ok());
    auto vault = *tablet.open();
    CHECK(fault_of(vault.unlock(*added, "harbour thimble fog")) == Fault::refused);
    CHECK(tablet.opened_by(*added, "willow anvil comet").label() == "O8");
    CHECK(fault_of(lead.reissue_slot(Uuid{}, "willow anvil comet", quick)) == Fault::not_found);
    CHECK(lead.remove_slot(tablet.lead).error().fault == Fault::refused);
    CHECK(lead.remove_slot(Uuid{}).error().fault == Fault::not_found);
}

TEST_CASE("whoever was removed has no key to what is sealed from then on", "[vault]") {
    const Tablet tablet;
    const auto before = read_bytes(tablet.place().file);
    auto lead = tablet.by_lead();
    const auto old = lead.row_keys()->seal(some_row, "before");
    CHECK(*lead.remove_slot(tablet.officer) == 2);
    const auto fresh = lead.row_keys()->seal(some_row, "after");
    CHECK(lead.row_keys()->open(some_row, 1, old).ok());
    CHECK(tablet.open()->unlock(tablet.officer, officer_words).error().fault == Fault::not_found);
    // With his own old copy of the file and the device secret.
    write_bytes(tablet.place().file, before);
    const auto keys = *tablet.by_officer().row_keys();
    CHECK(keys.open(some_row, 1, old).ok());
    CHECK_FALSE(keys.open(some_row, 2, fresh).ok());
}

TEST_CASE("an officer who left opens nothing any more, locked or not, until a lead gives a new passphrase",
          "[vault]") {
    const Tablet tablet;
    auto signed_in = tablet.by_officer();
    const std::string label = signed_in.label();
    const auto pin_shift = signed_in.seal_shift("274916");
    REQUIRE(pin_shift.ok());
    auto locked = *tablet.open();
    CHECK_FALSE(*locked.end_sign_ins("nobody-01"));
    CHECK(*locked.end_sign_ins(label));
    CHECK_FALSE(*locked.end_sign_ins(label));
    CHECK(fault_of(locked.unlock(tablet.officer, officer_words)) == Fault::refused);
    CHECK_FALSE(locked.pin_helps(*pin_shift));
    CHECK(fault_of(tablet.open()->unlock_by_pin(*pin_shift, "274916")) == Fault::refused);
    const auto shown = *tablet.open()->sign_ins();
    CHECK(std::any_of(shown.begin(), shown.end(),
                      [&](const SignIn& one) { return one.label == label && one.closed; }));
    // Everybody else goes on, and a lead may give it back.
    auto lead = tablet.by_lead();
    REQUIRE(lead.reissue_slot(tablet.officer, "willow anvil comet", quick).ok());
    CHECK(tablet.opened_by(tablet.officer, "willow anvil comet").label() == label);
    ::close(*pin_shift);
}

TEST_CASE("a rotation goes on wherever a kill left it", "[vault]") {
    const Tablet tablet;
    const std::string file = tablet.place().file;
    std::vector<std::string> states{read_bytes(file)};
    std::vector<std::string> rows{tablet.by_officer().row_keys()->seal(some_row, "one"),
                                  tablet.by_officer().row_keys()->seal(some_row, "two")};
    REQUIRE(tablet.by_lead().begin_rotation().ok());
    states.push_back(read_bytes(file));
    {
        auto vault = tablet.by_officer();  // any sign-in carries it on
        CHECK(vault.old_generations() == std::vector<KeyGeneration>{1});
        CHECK(vault.row_keys()->newest() == 2);
        CHECK(vault.row_keys()->open(some_row, 1, rows[0])->view() == "one");
        rows[0] = vault.row_keys()->seal(some_row, "one");  // killed before the second row
    }
    auto vault = tablet.by_officer();
    CHECK(vault.row_keys()->open(some_row, 2, rows[0])->view() == "one");
    CHECK(vault.row_keys()->open(some_row, 1, rows[1])->view() == "two");
    rows[1] = vault.row_keys()->seal(some_row, "two");
    REQUIRE(vault.finish_rotation(1).ok());
    states.push_back(read_bytes(file));
    CHECK(vault.finish_rotation(1).ok());  // told twice
    CHECK(fault_of(vault.finish_rotation(2)) == Fault::refused);
    CHECK(vault.old_generations().empty());
    CHECK(vault.row_keys()->generations() == std::vector<KeyGeneration>{2});

    for (std::size_t i = 0; i < states.size(); ++i) {
        write_bytes(file, states[i]);
        const auto generations = tablet.by_officer().row_keys()->generations();
        CHECK(generations.front() == (i < 2 ? 1u : 2u));
        CHECK(generations.back() == (i < 1 ? 1u : 2u));
        CHECK(tablet.by_lead().licence().valid);  // proven under a key that is still there
        CHECK(Vault::rescue_row_keys(file, tablet.recovery)->generations() == generations);
    }
}

TEST_CASE("with the device secret lost, the recovery key still gets the row keys", "[vault]") {
    const Tablet tablet;
    const auto sealed = tablet.by_lead().row_keys()->seal(some_row, "kept");
    CHECK(Vault::rescue_row_keys(tablet.place().file, tablet.recovery)->open(some_row, 1, sealed).ok());
    CHECK(Vault::rescue_row_keys(tablet.place().file, KeyPair::make()).error().fault == Fault::refused);
    CHECK(Vault::rescue_row_keys(tablet.folder / "nothing", tablet.recovery).error().fault ==
          Fault::not_found);
}

TEST_CASE("a passphrase is changed by its officer, who knows the old one", "[vault]") {
    const Tablet tablet;
    auto vault = tablet.by_officer();
    CHECK(fault_of(vault.change_passphrase("short", quick)) == Fault::bad_input);
    REQUIRE(vault.change_passphrase("marble otter dusk", quick).ok());
    CHECK(fault_of(vault.unlock(tablet.officer, officer_words)) == Fault::refused);
    CHECK(vault.unlock(tablet.officer, "marble otter dusk").ok());
    CHECK(tablet.by_lead().role() == SlotRole::lead);
}

TEST_CASE("the tablet signs while it is locked, and reads its inbox only when it is open", "[vault]") {
    const Tablet tablet;
    auto vault = *tablet.open();
    const auto signature = *vault.sign("request", "push 5");
    CHECK(verify(vault.tablet_key(), "request", "push 5", signature));
    CHECK_FALSE(verify(vault.tablet_key(), "request", "push 6", signature));
    CHECK_FALSE(verify(vault.tablet_key(), "rescue", "push 5", signature));
    const auto page = seal(vault.inbox_key(), "a page");
    CHECK(vault.open_inbox(page).error().fault == Fault::refused);
    REQUIRE(vault.unlock(tablet.officer, officer_words).ok());
    CHECK(vault.open_inbox(page)->view() == "a page");
    CHECK(vault.open_inbox(seal(KeyPair::make().public_key, "x")).error().fault == Fault::damaged);
}

TEST_CASE("the device secret is made once, for its user alone, and each lack is told", "[vault]") {
    const TemporaryFolder folder;
    const auto file = folder / "device.secret";
    CHECK(DeviceSecret::load(file).error().fault == Fault::not_found);
    const auto made = DeviceSecret::make(file);
    REQUIRE(made.ok());
    CHECK(DeviceSecret::load(file)->key().view() == made->key().view());
    CHECK(DeviceSecret::make(file).error().fault == Fault::conflict);
    REQUIRE(::chmod(file.c_str(), 0640) == 0);
    CHECK(DeviceSecret::load(file).error().fault == Fault::refused);
    write_bytes(file, "short");
    REQUIRE(::chmod(file.c_str(), 0600) == 0);
    CHECK(DeviceSecret::load(file).error().fault == Fault::damaged);
}
