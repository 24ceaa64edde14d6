// A word typed into every field of the app is nowhere afterwards: not in its folders, its
// output, a core, nor in the memory of the tablet once it is locked.  The same search finds
// it where it must be: in an unlocked process, and in the files of a build that does not seal.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>

#include "client/app/commands.h"
#include "forms/base/random.h"
#include "sync/vault/signing.h"
#include "sync/wire/ticket.h"
#include "tests/journeys/canary_search.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;
using namespace doorstep::journey;

namespace {

constexpr PasswordCost quick{1, 64};

// Twelve letters of chance, of such as no language puts beside each other: among the words
// of all programs in memory there are millions of six letters of any kind.
std::string some_word() {
    constexpr std::string_view rare = "jkqvxz";
    SystemRandom random;
    std::string word;
    std::uint64_t letter = 0;
    for (int i = 0; i < 12; ++i) {
        letter = (letter + 1 + random.below(rare.size() - 1)) % rare.size();  // no "xxxxxx"
        word += rare[letter];
    }
    return word;
}

// The officer's process, with a home of its own, so that whatever it leaves is found.
class Officer {
public:
    Officer(const std::string& program, const std::string& home, const std::string& doors,
            const std::string& word)
        : home_(home), doors_(doors),
          program_(std::filesystem::read_symlink("/proc/self/exe").parent_path().string() + "/" + program) {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        REQUIRE(pipe2(in.data(), O_CLOEXEC) == 0);
        REQUIRE(pipe2(out.data(), O_CLOEXEC) == 0);
        start(in[0], out[1]);
        ::close(in[0]);
        ::close(out[1]);
        to_ = in[1];
        from_ = out[0];
        order(word);
    }
    ~Officer() {
        ::close(to_);
        ::close(from_);
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
    }
    Officer(const Officer&) = delete;
    Officer& operator=(const Officer&) = delete;

    void order(const std::string& line) const {
        const std::string text = line + "\n";
        REQUIRE(::write(to_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    // The next line that it says; empty when it has ended.
    std::string answer() {
        std::string line;
        for (char letter = 0; ::read(from_, &letter, 1) == 1 && letter != '\n';)
            line += letter;
        return line;
    }
    std::string messages() const {
        std::string text;
        if (FILE* file = std::fopen((home_ + "/messages").c_str(), "rb")) {
            for (int byte = std::fgetc(file); byte != EOF; byte = std::fgetc(file))
                text += static_cast<char>(byte);
            std::fclose(file);
        }
        return text;
    }
    void expect(const std::string& beginning) {
        const std::string line = answer();
        INFO(line << " " << messages());
        REQUIRE(line.starts_with(beginning));
    }
    pid_t process() const { return process_; }
    int wait_for_end() {
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = 0;
        return status;
    }

private:
    void start(int in, int out) {
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_adddup2(&files, in, 0);
        posix_spawn_file_actions_adddup2(&files, out, 1);
        posix_spawn_file_actions_addopen(&files, 2, (home_ + "/messages").c_str(),
                                         O_WRONLY | O_CREAT | O_APPEND, 0600);
        posix_spawn_file_actions_addchdir_np(&files, std::filesystem::current_path().c_str());
        std::vector<std::string> words{program_, "--data", home_ + "/data", "--doors", doors_};
        std::vector<std::string> around{"HOME=" + home_,
                                        "TMPDIR=" + home_ + "/tmp",
                                        "XDG_RUNTIME_DIR=" + home_ + "/run",
                                        "XDG_CACHE_HOME=" + home_ + "/cache",
                                        "XDG_CONFIG_HOME=" + home_ + "/config",
                                        "XDG_DATA_HOME=" + home_ + "/share",
                                        "PATH=/usr/bin:/bin"};
        for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "DOORSTEP_ASSETS"})
            if (const char* value = std::getenv(name))
                around.push_back(fmt::format("{}={}", name, value));
        std::vector<char*> arguments;
        std::vector<char*> environment;
        for (auto& each : words)
            arguments.push_back(each.data());
        for (auto& each : around)
            environment.push_back(each.data());
        arguments.push_back(nullptr);
        environment.push_back(nullptr);
        REQUIRE(posix_spawn(&process_, program_.c_str(), &files, nullptr, arguments.data(),
                            environment.data()) == 0);
        posix_spawn_file_actions_destroy(&files);
    }

    std::string home_;
    std::string doors_;
    std::string program_;
    pid_t process_ = 0;
    int to_ = -1;
    int from_ = -1;
};

// An enrolled tablet with doors whose road is the word, and a visit for today.
struct Home {
    explicit Home(const std::string& word) {
        for (const char* name : {"tmp", "run", "cache", "config", "share"})
            std::filesystem::create_directories(folder.file(name));
        const wire::Ticket ticket{*Uuid::parse("01234567-89ab-4def-8123-456789abcdef"),
                                  "tab-01",
                                  std::string(64, 'a'),
                                  KeyPair::make().public_key.bytes,
                                  SigningPair::make().public_key.bytes,
                                  KeyPair::make().public_key.bytes,
                                  KeyPair::make().public_key.bytes,
                                  std::string(64, 'p')};
        const SystemClock clock;
        EnrolmentGiven given;
        given.places = places_of(folder.file("data"));
        given.endpoint = "http://127.0.0.1:9";
        given.ticket = outside.write("ticket", wire::encode(ticket));
        given.cost = quick;
        given.lead = "off-pol-01";
        given.passphrase = SecretText("marble otter dusk");
        const auto enrolled = enrol(given, clock);
        if (!enrolled.ok())
            FAIL(enrolled.error().text());
        doors = outside.write("doors.csv",
                              fmt::format("area,road_code,number_or_name,flat,road,postcode,uprn\n"
                                          "BE,BE-001,1,,{0} Lane,WD6 9OV,\nBE,BE-001,2,,{0} Lane,WD6 9OV,\n",
                                          word));
    }
    TemporaryFolder outside;
    std::string doors;
    TemporaryFolder folder;
};

std::string all(const std::vector<std::string>& found) {
    std::string text;
    for (const std::string& one : found)
        text += one + "\n";
    return text;
}

}  // namespace

TEST_CASE("what was typed is in no file and in no memory of a locked tablet", "[canary]") {
    const std::string word = some_word();
    const CanarySearch search(word);
    const Home home(word);
    CHECK(all(search.in_folder(home.folder.path())).empty());
    Officer officer("doorstep-canary-officer", home.folder.path(), home.doors, word);
    officer.order("in");
    officer.expect("in done");
    officer.order("work");
    officer.expect("work done");
    CHECK(all(search.in_folder(home.folder.path())).empty());  // unlocked, drafts and facts
    const auto unlocked = search.in_memory_of(officer.process());
    if (!unlocked)
        WARN("SKIPPED: the memory of another process may not be read here (needs root).");
    else
        CHECK_FALSE(unlocked->empty());  // the search can find it

    officer.order("lock");
    officer.expect("locked");
    CHECK(all(search.in_folder(home.folder.path())).empty());
    if (const auto locked = search.in_memory_of(officer.process())) {
        INFO(search.bytes_read() << " bytes were read");
        CHECK(search.bytes_read() > 10'000'000);
        CHECK(all(*locked).empty());
    }
    // The PIN opens the same records again.
    officer.order("unlock");
    officer.expect("unlock done");
    officer.order("end");
    officer.wait_for_end();
    CHECK(all(search.in_folder(home.folder.path())).empty());
}

TEST_CASE("a crash leaves no core and nothing that was typed", "[canary]") {
    const std::string word = some_word();
    const CanarySearch search(word);
    for (const char* how : {"crash", "kill"}) {
        const Home home(word);
        Officer officer("doorstep-canary-officer", home.folder.path(), home.doors, word);
        officer.order("in");
        officer.expect("in done");
        officer.order("work");
        officer.expect("work done");
        if (std::string_view(how) == "crash")
            officer.order("crash");
        else
            ::kill(officer.process(), SIGKILL);
        const int status = officer.wait_for_end();
        CHECK_FALSE((WIFSIGNALED(status) && WCOREDUMP(status)));
        CHECK(all(search.in_folder(home.folder.path())).empty());
        for (const auto& each : std::filesystem::directory_iterator(std::filesystem::current_path()))
            CHECK_FALSE(each.path().filename().string().starts_with("core"));
    }
}

TEST_CASE("a build that does not seal is caught by the same search", "[canary]") {
    const std::string word = some_word();
    const CanarySearch search(word);
    const Home home(word);
    Officer officer("doorstep-canary-officer-in-clear", home.folder.path(), home.doors, word);
    officer.order("in");
    officer.expect("in done");
    officer.order("work");
    officer.expect("work done");
    CHECK_FALSE(search.in_folder(home.folder.path()).empty());
}

TEST_CASE("the search knows the word in every form", "[canary]") {
    const std::string word = "qzvkwjxpmhbt";
    const CanarySearch search(word);
    CHECK(search.in_text("here", "nothing").empty());
    CHECK(search.in_text("here", "a qzvkwj b").size() == 1);
    CHECK(search.in_text("here", "QZVKWJ").size() == 1);
    CHECK(search.in_text("here", "717a766b776a").size() == 1);
    CHECK(search.in_text("here", std::string("q\0z\0v\0k\0w\0j\0", 12)).size() == 1);
    for (const char* base64 : {"cXp2a3dqeHBtaGJ0", "IHF6dmt3anhwbWhidA==", "ICBxenZrd2p4cG1oYnQ="})
        CHECK(search.in_text("here", base64).size() == 1);
}
