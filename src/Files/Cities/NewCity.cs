using System.Text;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Files.Cities;

/// <summary>
/// The files of a new city, which is no sample. The instruments that apply to it, the wording of its languages and the chapters come from a
/// library, a folder of governance files; comments in them stay.
/// </summary>
public static class NewCity
{
    /// <summary>The names of the folders and of the inventory.</summary>
    public const string PoliciesFolder = "policies",
        Inventory = "devices/inventory.yaml";

    private const string EmptyInventory = """
        # Places, screens, fleets and devices with which this registry opens. Later ones are added on the staff pages, by the API, or by
        # 'registry devices import'.
        sample: false
        places: []
        kiosks: []
        fleets: []
        devices: []

        """;

    /// <summary>Writes the files of a city into an empty folder, or returns every problem.</summary>
    /// <param name="folder">An existing empty folder.</param>
    /// <param name="library">The folder of governance files to take from.</param>
    /// <param name="instruments">The ids of the instruments to take.</param>
    /// <returns>The names of the files under the folder.</returns>
    public static FileReading<string[]> Write(string folder, City city, string library, IReadOnlyCollection<string> instruments)
    {
        ArgumentNullException.ThrowIfNull(city);
        ArgumentNullException.ThrowIfNull(instruments);
        var reading = PolicyFiles.Read(library);
        if (reading.Value?.Governance is not { } known)
            return new(null, reading.Problems);
        var problems = Missing(library, city, known, instruments).ToArray();
        if (problems.Length > 0)
            return new(null, [.. problems]);
        string[] copied =
        [
            "chapters.yaml",
            .. instruments.Distinct().Select(id => $"instruments/{id}.yaml"),
            .. city.Languages.Distinct().Select(language => $"notices/{language}.yaml"),
        ];
        foreach (var name in copied)
            Copy(Path.Combine(library, name), Path.Combine(folder, PoliciesFolder, name));
        Directory.CreateDirectory(Path.Combine(folder, PoliciesFolder, "instruments"));
        foreach (var file in Generated(known, city))
            Save(Path.Combine(folder, PoliciesFolder, file.Name), file.Bytes());
        Save(Path.Combine(folder, Inventory), Encoding.UTF8.GetBytes(EmptyInventory));
        var written = SeedFiles.Read(Path.Combine(folder, PoliciesFolder), Path.Combine(folder, Inventory));
        return written.Value is { } opening ? new([.. opening.Files.Select(file => file.Name)], []) : new(null, written.Problems);
    }

    /// <summary>The files that are not copied: the city, and the technologies without what another city stated of them.</summary>
    private static IEnumerable<WrittenFile> Generated(GovernanceSnapshot library, City city)
    {
        var technologies = library.Table.Technologies.Select(technology =>
            technology with
            {
                Purpose = null,
                PurposeSource = null,
                Statement = null,
            }
        );
        return PolicyWriter
            .Write(new GovernanceSnapshot(city, new GovernanceTable([.. technologies], []), [], library.Chapters))
            .Where(file => file.Name is "city.yaml" or "technologies.yaml" || file.Name.StartsWith("schema/", StringComparison.Ordinal));
    }

    private static IEnumerable<FileProblem> Missing(string library, City city, GovernanceSnapshot known, IEnumerable<string> instruments)
    {
        var ids = known.Table.Instruments.Select(instrument => instrument.Id).ToArray();
        foreach (var id in instruments.Except(ids))
            yield return new FileProblem(library, 1, 1, $"no instrument '{id}'", "one of " + string.Join(", ", ids));
        var languages = known.Wordings.Select(wording => wording.Language).ToArray();
        foreach (var language in city.Languages.Except(languages))
            yield return new FileProblem(
                library,
                1,
                1,
                $"no texts of notices in '{language}'",
                $"one of {string.Join(", ", languages)}; add another language later, by notices/{language}.yaml"
            );
    }

    private static void Copy(string from, string to) => Save(to, File.ReadAllBytes(from));

    private static void Save(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
