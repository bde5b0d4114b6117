using System.CommandLine;
using System.Text.Json;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files;
using SurveillanceRegistry.Files.Cities;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands.Init;

/// <summary><c>registry init FOLDER</c>: the files of a city of its own, checked, without sample data.</summary>
internal static class InitCommand
{
    private const int ValidSeconds = 90;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly Option<string?> Name = new("--name") { Description = "The name of the city." };

    private static readonly Option<string?> Zone = new("--time-zone")
    {
        Description = "Where its days begin, such as America/Los_Angeles.",
    };

    private static readonly Option<string[]> Languages = new("--language")
    {
        Description = "A language of its notices, such as en; may be given several times, the first one governs.",
    };

    private static readonly Option<string[]> Departments = new("--department")
    {
        Description = "A department as 'id | name | telephone'; may be given several times.",
    };

    private static readonly Option<string?> Records = new("--records")
    {
        Description = "Where people ask for recordings, as 'name | https address | telephone | business days to answer | law'.",
    };

    private static readonly Option<string?> Address = new("--address")
    {
        Description = "The public address of this registry, such as https://registry.city.example; may be left for later.",
    };

    private static readonly Option<string[]> Take = new("--take")
    {
        Description = "An instrument of the library that applies to this city; may be given several times.",
    };

    private static readonly Option<string?> Library = new("--library")
    {
        Description = "The folder of governance files to take from; the one of REGISTRY_POLICIES if left out.",
    };

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder of the city; it must be empty, or not exist." };
        var command = new Command(
            "init",
            "Make the files of a city of its own, without sample data. Asks at a terminal for what is left out."
        )
        {
            folder,
            Name,
            Zone,
            Languages,
            Departments,
            Records,
            Address,
            Take,
            Library,
            CommandOutput.AsJson,
        };
        command.SetAction((arguments, _) => Task.FromResult(Run(arguments, Path.GetFullPath(arguments.GetRequiredValue(folder)))));
        return command;
    }

    private static int Run(ParseResult arguments, string folder)
    {
        MustBeEmpty(folder);
        var library = Path.GetFullPath(arguments.GetValue(Library) ?? Settings.Read([]).Policies);
        if (!File.Exists(Path.Combine(library, "city.yaml")))
            throw new UsageException($"There is no library of governance files at '{library}': name one with --library.");
        var ask = new InitQuestions(Console.IsInputRedirected ? null : Console.In, Console.Error);
        var city = ReadCity(arguments, ask);
        var address = ReadAddress(arguments.GetValue(Address) ?? ask.Optional("The public address of this registry (empty: later)"));
        // Made beside the folder and moved, so that a kill or a problem leaves no half of it.
        var temporary = $"{folder}.{Path.GetRandomFileName()}";
        try
        {
            Directory.CreateDirectory(temporary);
            var written = NewCity.Write(temporary, city, library, arguments.GetValue(Take) ?? []);
            if (written.Value is not { } files)
                return Problems(written.Problems, temporary, folder, arguments.GetValue(CommandOutput.AsJson));
            WriteSettings(Path.Combine(temporary, "appsettings.json"), address);
            if (Directory.Exists(folder))
                Directory.Delete(folder);
            Directory.Move(temporary, folder);
            return CommandOutput.Done(
                new { folder, files },
                $"{city.Name}: {files.Length} files in {folder}, checked. Next: cd {folder}, and run 'registry serve' there. "
                    + "It prints one link that makes the first administrator.",
                arguments.GetValue(CommandOutput.AsJson)
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"'{folder}' cannot be written: {failure.Message}");
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static int Problems(IReadOnlyCollection<FileProblem> problems, string temporary, string folder, bool asJson)
    {
        Console.Error.WriteLine("Nothing was made:");
        return CommandOutput.Problems(
            [.. problems.Select(problem => problem with { File = problem.File.Replace(temporary, folder, StringComparison.Ordinal) })],
            asJson
        );
    }

    private static void MustBeEmpty(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new UsageException($"'{folder}' is not empty: name a new folder.");
    }

    private static City ReadCity(ParseResult arguments, InitQuestions ask)
    {
        var name = arguments.GetValue(Name) ?? ask.Required("The name of the city", "--name");
        var zone = arguments.GetValue(Zone) ?? ask.Required("Its time zone, such as America/Los_Angeles", "--time-zone");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            throw new UsageException($"'{zone}' is no time zone: expected an IANA name such as America/Los_Angeles.");
        string[] languages = arguments.GetValue(Languages) is { Length: > 0 } given
            ? given
            : ask.Required("The languages of its notices, with blanks between them, such as: en es", "--language")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] departments = arguments.GetValue(Departments) is { Length: > 0 } named
            ? named
            : ask.Several("A department, as: id | name | telephone (empty: no more)", "--department");
        var records = Parts(
            arguments.GetValue(Records)
                ?? ask.Required(
                    "Where people ask for recordings, as: name | https address | telephone | business days to answer | law",
                    "--records"
                ),
            5,
            "--records expects 'name | https address | telephone | business days to answer | law'"
        );
        if (!int.TryParse(records[3], out var days))
            throw new UsageException($"'{records[3]}' is no number of business days in --records.");
        return new City(
            name,
            IsSample: false,
            zone,
            [.. languages],
            [.. departments.Select(ReadDepartment)],
            new RecordsPortal(records[0], records[1], records[2], days, records[4]),
            ValidSeconds
        );
    }

    private static Department ReadDepartment(string text)
    {
        var parts = Parts(text, 3, "--department expects 'id | name | telephone'");
        return new Department(parts[0], parts[1], parts[2]);
    }

    private static string[] Parts(string text, int count, string expected)
    {
        var parts = text.Split('|', StringSplitOptions.TrimEntries);
        return parts.Length == count && parts.All(part => part.Length > 0)
            ? parts
            : throw new UsageException($"{expected}, and got '{text}'.");
    }

    private static string ReadAddress(string? text) =>
        string.IsNullOrWhiteSpace(text) ? ""
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? text.TrimEnd('/')
        : throw new UsageException($"'{text}' is no address: expected one such as https://registry.city.example.");

    private static void WriteSettings(string path, string address)
    {
        var settings = new Dictionary<string, string>
        {
            ["DATA"] = "./var",
            ["POLICIES"] = $"./{NewCity.PoliciesFolder}",
            ["DEVICES"] = $"./{NewCity.Inventory}",
            ["PUBLIC_URL"] = address,
        };
        File.WriteAllText(path, JsonSerializer.Serialize(settings, Indented) + "\n");
    }
}
