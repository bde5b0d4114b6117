using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>A folder that was exported on Monday and edited does not undo what was approved on Tuesday, in any of its files.</summary>
public sealed class StaleFoldersTests : IDisposable
{
    private static readonly GovernanceHistory Monday = SampleCity.History(SampleCity.Opening.Governance);

    private readonly string _folder = Directory.CreateTempSubdirectory("registry-").FullName;

    [Fact]
    public void Two_edits_of_the_city_at_once_are_both_kept()
    {
        var tuesday = With<City>(
            DocumentKind.City,
            city =>
                city with
                {
                    Departments = [city.Departments[0] with { Phone = "206-555-0199" }, .. city.Departments[1..]],
                    OutOfScope = [.. city.OutOfScope, new OutOfScope("Drones", "Not registered.", SourceOf(city))],
                }
        );
        Edit("city.yaml", "notice_valid_seconds: 90", "notice_valid_seconds: 60");
        const string Kites =
            "  - name: Kites\n    why: Not registered.\n    source: {title: The list, read_on: 2026-11-01, confidence: sourced}\n";
        Edit("city.yaml", "out_of_scope:\n", "out_of_scope:\n" + Kites);
        var city = Proposed(tuesday).Value<City>();
        Assert.Equal((60, "206-555-0199"), (city.NoticeValidSeconds, city.Departments[0].Phone));
        Assert.Contains("Drones", city.OutOfScope.Select(subject => subject.Name));
        Assert.Contains("Kites", city.OutOfScope.Select(subject => subject.Name));
    }

    [Fact]
    public void Two_edits_of_chapters_technologies_and_wording_are_both_kept()
    {
        var chapters = With<KnownChapters>(
            DocumentKind.Chapters,
            known => new KnownChapters(known.Chapters.SetItem("SMC", known.Chapters["SMC"].Add("99.01")))
        );
        Edit("chapters.yaml", "SMC: [", "SMC: [\"99.02\", ");
        Assert.Superset(new HashSet<string> { "99.01", "99.02" }, Proposed(chapters).Value<KnownChapters>().Chapters["SMC"].ToHashSet());

        Edit("chapters.yaml", "SMC: [\"99.02\", ", "SMC: [");
        var technology = With<Technology>(DocumentKind.Technology, known => known with { Purpose = null, PurposeSource = null }, "alpr");
        Edit("technologies.yaml", "name: Automatic License Plate Readers", "name: Plate readers");
        var proposed = Proposed(technology).Value<Technology>();
        Assert.Equal(("Plate readers", null), (proposed.Name, proposed.Purpose));

        Edit("technologies.yaml", "name: Plate readers", "name: Automatic License Plate Readers");
        var wording = With<Wording>(
            DocumentKind.Wording,
            known => known with { Texts = known.Texts.SetItem("mode.off", "switched off") },
            "en"
        );
        Edit("notices/en.yaml", "time.never: never", "time.never: not yet");
        var texts = Proposed(wording).Value<Wording>().Texts;
        Assert.Equal(("switched off", "not yet"), (texts["mode.off"], texts["time.never"]));
    }

    [Fact]
    public void An_exported_folder_without_an_edit_proposes_nothing()
    {
        Export();
        Assert.Empty(Compare(With<City>(DocumentKind.City, city => city with { NoticeValidSeconds = 60 })).Value!.Documents);
    }

    [Fact]
    public void A_value_of_the_city_that_both_changed_is_left_to_its_author()
    {
        Edit("city.yaml", "notice_valid_seconds: 90", "notice_valid_seconds: 60");
        var proposal = Compare(With<City>(DocumentKind.City, city => city with { NoticeValidSeconds = 45 })).Value!;
        Assert.Equal(1, Assert.Single(proposal.Documents).Base);
        Assert.Contains("its author must choose between them", Assert.Single(proposal.Notes));
    }

    [Theory]
    [InlineData("city.yaml")]
    [InlineData("chapters.yaml")]
    [InlineData("technologies.yaml")]
    [InlineData("notices/es.yaml")]
    public void A_revision_that_the_registry_does_not_have_is_reported_with_its_file(string name)
    {
        Edit(name, "revision: 1\n", "revision: 9\n");
        var problem = Compare(Monday).Problems[0];
        Assert.EndsWith(name, problem.File);
        Assert.StartsWith("revision 9 of the ", problem.Found);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Source SourceOf(City city) => city.OutOfScope[0].Source;

    private PolicyDocument Proposed(GovernanceHistory history) => Assert.Single(Compare(history).Value!.Documents).Document;

    private FileReading<ProposalFromFiles> Compare(GovernanceHistory history) => PolicyFiles.Compare(_folder, history);

    private void Export()
    {
        foreach (var file in PolicyWriter.Write(Monday))
        {
            var path = Path.Combine(_folder, file.Name);
            if (File.Exists(path))
                return;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Text);
        }
    }

    private void Edit(string name, string text, string replacement)
    {
        Export();
        var path = Path.Combine(_folder, name);
        var before = File.ReadAllText(path);
        Assert.Contains(text, before, StringComparison.Ordinal);
        File.WriteAllText(path, before.Replace(text, replacement, StringComparison.Ordinal));
    }

    private static GovernanceHistory With<T>(DocumentKind kind, Func<T, T> change, string? id = null)
        where T : class
    {
        var latest = Monday.Revisions.Last(revision => revision.Document.Kind == kind && (id is null || revision.Document.Id == id));
        var json = System.Text.Json.JsonSerializer.Serialize(change(latest.Document.Value<T>()), Domain.Json.Options);
        return new([.. Monday.Revisions, latest with { Document = PolicyDocument.Read(kind, json), Number = 2 }]);
    }
}
