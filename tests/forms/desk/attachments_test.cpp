// Lists beside a form: CSV, GeoJSON, XML.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/desk/attachments.h"
#include "forms/desk/geojson.h"
#include "forms/session/session.h"

using namespace doorstep;
namespace fs = std::filesystem;

namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "doorstep-lists-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()));
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
};

std::string places(const std::string& feature) {
    return R"({"type": "FeatureCollection", "name": "ignored", "features": [)" + feature + "]}";
}

}  // namespace

TEST_CASE("places of a map become rows, with the geometry as forms write it", "[desk][geojson]") {
    const auto list = read_geojson(
        places(R"({"type": "Feature", "geometry": {"type": "Point", "coordinates": [-0.5, 51.25]},)"
               R"( "properties": {"id": "hq", "floors": 2, "old": null}},)"
               R"({"type": "Feature", "id": 7, "geometry": {"type": "LineString", "coordinates":)"
               R"( [[1, 2], [3, 4, 5]]}, "properties": {"id": "other", "name": "Road"}},)"
               R"({"type": "Feature", "geometry": {"type": "Polygon", "coordinates":)"
               R"( [[[0, 0], [0, 1], [1, 1], [0, 0]]]}})"),
        "map.geojson");
    REQUIRE(list.ok());
    CHECK(list->rows == Rows{{"geometry", "id", "floors", "old", "name"},
                             {"51.25 -0.5 0 0", "hq", "2", "", ""},
                             {"2 1 0 0; 4 3 5 0", "7", "", "", "Road"},
                             {"0 0 0 0; 1 0 0 0; 1 1 0 0; 0 0 0 0", "", "", "", ""}});
}

TEST_CASE("a map that is none is refused with the place that is wrong", "[desk][geojson]") {
    for (const std::string& bad :
         {std::string("["), std::string("[1]"), std::string(R"({"type": "Topology"})"),
          std::string(R"({"type": "FeatureCollection"})"),
          std::string(R"({"type": "FeatureCollection", "features": "none"})"), places("5"),
          places(R"({"type": "Thing"})"), places(R"({"type": "Feature"})"),
          places(R"({"type": "Feature", "geometry": {"type": "Circle", "coordinates": [1, 2]}})"),
          places(R"({"type": "Feature", "geometry": {"type": "Point", "coordinates": ["1", 2]}})"),
          places(R"({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": []}})")}) {
        INFO(bad);
        const auto refused = read_geojson(bad, "map.geojson");
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().what.find("map.geojson") != std::string::npos);
    }
}

TEST_CASE("an answer is looked up in a list of any kind beside the form", "[desk][attachments]") {
    const Folder folder;
    folder.write("wards.csv", "code,town\nn1,Harlow\nn2,Stevenage\n");
    folder.write("towns.xml", "<root><item code=\"n2\"><town>Stevenage</town><in><county>Herts</county></in>"
                              "</item></root>");
    folder.write("map.geojson",
                 places(R"({"type": "Feature", "id": "n2", "properties": {"town": "Stevenage"},)"
                        R"( "geometry": {"type": "Point", "coordinates": [0, 52]}})"));
    const std::string form =
        R"x(<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>)x"
        R"x(<instance><data id="f"><a/><b/><c/><d/></data></instance>)x"
        R"x(<instance id="wards" src="jr://file-csv/wards.csv"/><instance id="towns" src="jr://file/towns.xml"/>)x"
        R"x(<instance id="map" src="jr://file/map.geojson"/>)x"
        R"x(<bind nodeset="/data/a" calculate="instance('wards')/root/item[code = 'n2']/town"/>)x"
        R"x(<bind nodeset="/data/b" calculate="instance('towns')/root/item[@code = 'n2']/in/county"/>)x"
        R"x(<bind nodeset="/data/c" calculate="instance('map')/root/item[id = 'n2']/geometry"/>)x"
        R"x(<bind nodeset="/data/d" calculate="pulldata('towns', 'town', '@code', 'n2')"/>)x"
        R"x(</model></h:head><h:body/></h:html>)x";
    std::vector<FormFault> faults;
    const auto loaded = FormDefinition::load(form, attachments_in(folder.path.string()), faults);
    REQUIRE(loaded);
    const ManualClock clock(0, 0);
    SeededRandom random(1);
    const auto session = FormSession::begin(loaded, {}, clock, random);
    REQUIRE(session.ok());
    CHECK(session->view(*session->find("a"))->answer.text == "Stevenage");
    CHECK(session->view(*session->find("b"))->answer.text == "Herts");
    CHECK(session->view(*session->find("c"))->answer.text == "52 0 0 0");
    CHECK(session->view(*session->find("d"))->answer.text == "Stevenage");
}

TEST_CASE("a list that is broken is refused at its instance", "[desk][attachments]") {
    const Folder folder;
    folder.write("towns.xml", "<root><item>");
    const std::string form =
        R"x(<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>)x"
        R"x(<instance><data id="f"><a/></data></instance><instance id="towns" src="jr://file/towns.xml"/>)x"
        R"x(</model></h:head><h:body/></h:html>)x";
    std::vector<FormFault> faults;
    CHECK_FALSE(FormDefinition::load(form, attachments_in(folder.path.string()), faults));
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].node == "instance:towns");
    CHECK(faults[0].diagnostic.code == "bad-attachment");
}
