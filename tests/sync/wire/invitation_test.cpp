// The code, the line that carries it, and what a tablet and its centre say of an enrolment.
#include "sync/wire/invitation.h"

#include <catch2/catch.hpp>

#include <random>

#include "sync/wire/enrolment.h"

using namespace doorstep;
using namespace doorstep::wire;

namespace {

const Invitation an_invitation{"https://endpoint.example:8443", std::string(32, '\x5a'), "7K3MQ2ZT"};

EnrolmentAnswer an_answer() {
    const std::string key(32, 'k');
    return {EnrolmentState::approved,
            {key, key, key, key, key},
            *Uuid::parse("11111111-1111-1111-1111-111111111107"),
            "tab-01",
            std::string(64, 's')};
}

}  // namespace

TEST_CASE("a code is read however a person types it", "[invitation]") {
    for (const char* typed : {"7K3MQ2ZT", "7k3m-q2zt", " 7K3M Q2ZT\n", "7k3m--q2zt"})
        CHECK(read_code(typed) == "7K3MQ2ZT");
    CHECK(read_code("OIL0-0000") == "01100000");
    for (const char* typed : {"", "7K3MQ2Z", "7K3MQ2ZTT", "7K3MQ2Z*", "7K3MQ2ZU", "7K3M/Q2ZT"})
        CHECK_FALSE(read_code(typed));
    CHECK(code_to_show("7K3MQ2ZT") == "7K3M-Q2ZT");
}

TEST_CASE("five bytes are eight characters, and no two give the same", "[invitation]") {
    CHECK(code_of(std::string(5, '\0')) == "00000000");
    CHECK(code_of(std::string(5, '\xff')) == "ZZZZZZZZ");
    CHECK(code_of(std::string("\x00\x44\x32\x14\xc7", 5)) == "01234567");
    std::mt19937 chance(4);
    for (int i = 0; i < 1'000; ++i) {
        std::string bytes(5, '\0');
        for (char& byte : bytes)
            byte = static_cast<char>(chance());
        CHECK(read_code(code_of(bytes)) == code_of(bytes));
    }
}

TEST_CASE("an invitation comes back as it was written, and stands in the small alphabet of a picture",
          "[invitation]") {
    const auto text = encode(an_invitation);
    CHECK(text.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") == std::string::npos);
    CHECK(text.starts_with("DOORSTEP1*HTTPS://ENDPOINT.EXAMPLE:8443*"));
    CHECK(*decode_invitation(text) == an_invitation);
    CHECK(*decode_invitation("  " + text + "\r\n") == an_invitation);
    auto small = text;
    for (char& c : small)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    CHECK(*decode_invitation(small) == an_invitation);
    auto six = an_invitation;
    six.url = "https://[2001:db8::1]:8443";
    CHECK(*decode_invitation(encode(six)) == six);
}

TEST_CASE("an invitation that was altered, cut or is of another version is told, and never its code",
          "[invitation]") {
    const auto text = encode(an_invitation);
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto altered = text;
        altered[i] = altered[i] == '7' ? '8' : '7';
        const auto read = decode_invitation(altered);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().text().find("7K3M") == std::string::npos);
        CHECK_FALSE(decode_invitation(text.substr(0, i)).ok());
        CHECK_FALSE(decode_invitation(text.substr(i + 1)).ok());
    }
    CHECK(decode_invitation("DOORSTEP2*X").error().fault == Fault::newer_version);
    CHECK(decode_invitation("https://example.org").error().fault == Fault::bad_input);
    CHECK_FALSE(decode_invitation(text + "*0000").ok());
    CHECK_FALSE(decode_invitation(text + std::string(1'000, '7')).ok());
}

// The reader meets whatever a scanner types: random texts over its alphabet, and altered good ones.
TEST_CASE("no text makes the reader of invitations give what it would not write", "[invitation]") {
    std::mt19937 chance(9);
    const auto good = encode(an_invitation);
    constexpr std::string_view any = "DOORSTEP1*0123456789ABCZ:/.- \n\0\xff";
    for (int i = 0; i < 20'000; ++i) {
        std::string text = i % 2 == 0 ? good : std::string("DOORSTEP1*");
        for (std::size_t n = chance() % 6; n > 0; --n) {
            const auto at = chance() % text.size();
            if (chance() % 3 == 0)
                text.erase(at, 1 + chance() % 4);
            else
                text.insert(at, 1, any[chance() % any.size()]);
            if (text.empty())
                text = "D";
        }
        if (const auto read = decode_invitation(text); read.ok())
            CHECK(*decode_invitation(encode(*read)) == *read);
    }
}

TEST_CASE("question and answer of an enrolment come back as they were written", "[enrolment]") {
    const EnrolmentRequest asked{"7K3MQ2ZT", std::string(32, 'v'), std::string(64, 's')};
    const auto question = decode_enrolment_request(encode(asked));
    REQUIRE(question.ok());
    CHECK(signed_text(*question) == signed_text(asked));
    CHECK(question->signature == asked.signature);
    for (const auto state : {EnrolmentState::waiting, EnrolmentState::approved, EnrolmentState::declined}) {
        auto answer = an_answer();
        answer.state = state;
        const auto read = decode_enrolment_answer(encode(answer));
        REQUIRE(read.ok());
        CHECK(signed_text(*read, asked) == signed_text(answer, asked));
        CHECK(read->centre == answer.centre);
    }
    CHECK(decode_enrolment_answer(encode(an_answer()))->tablet == "tab-01");
}

TEST_CASE("a question or an answer of an enrolment that lacks something is none", "[enrolment]") {
    const EnrolmentRequest asked{"7K3MQ2ZT", std::string(32, 'v'), std::string(64, 's')};
    auto wrong = asked;
    wrong.code = "7K3MQ2Z";
    CHECK_FALSE(decode_enrolment_request(encode(wrong)).ok());
    wrong = asked;
    wrong.verify_key.pop_back();
    CHECK_FALSE(decode_enrolment_request(encode(wrong)).ok());
    wrong = asked;
    wrong.signature += "s";
    CHECK_FALSE(decode_enrolment_request(encode(wrong)).ok());
    CHECK_FALSE(decode_enrolment_request(encode(asked) + std::string(1'024, ' ')).ok());
    for (const auto key : {&CentreKeys::sealing_key, &CentreKeys::signing_key, &CentreKeys::safeguarding_key,
                           &CentreKeys::recovery_key, &CentreKeys::authority_pins}) {
        auto answer = an_answer();
        (answer.centre.*key).pop_back();
        CHECK_FALSE(decode_enrolment_answer(encode(answer)).ok());
    }
    auto unnamed = an_answer();
    unnamed.tablet.clear();
    CHECK_FALSE(decode_enrolment_answer(encode(unnamed)).ok());
    auto nobody = an_answer();
    nobody.enrolment = Uuid{};
    CHECK_FALSE(decode_enrolment_answer(encode(nobody)).ok());
}
