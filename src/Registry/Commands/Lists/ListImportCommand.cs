using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Geometry;
using SurveillanceRegistry.Files.Lists;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands.Lists;

/// <summary><c>registry devices check|import FILE</c> for the lists of cities.</summary>
/// <param name="MappingFile">A mapping as JSON; null: columns with the names of fields.</param>
/// <param name="DecisionsFile">The decisions as JSON; null: none.</param>
internal sealed record ListImportCommand(string Path, string? MappingFile, string? DecisionsFile, bool AsJson)
{
    /// <summary>The sender of the drafts of this command; each is recorded at once.</summary>
    private const string Sender = "operator";

    private const string IdLetters = "abcdefghijklmnopqrstuvwxyz234567";

    private static readonly string[] Extensions = [".csv", ".tsv", ".txt", ".geojson", ".json", ".xlsx", ".xlsm", ".xls"];

    public static Option<string?> Mapping { get; } =
        new("--mapping")
        {
            Description = "A JSON file: what the columns of a city's list mean. Without it columns have the names of fields.",
        };

    public static Option<string?> Decisions { get; } =
        new("--decisions") { Description = "A JSON file: what was decided about possible duplicates and about devices that are gone." };

    /// <summary>Whether a file is a list of a city, and not an inventory.</summary>
    public static bool IsList(string path) => Extensions.Contains(System.IO.Path.GetExtension(path).ToLowerInvariant());

    public static ListImportCommand From(string path, ParseResult arguments) =>
        new(path, arguments.GetValue(Mapping), arguments.GetValue(Decisions), arguments.GetValue(CommandOutput.AsJson));

    /// <summary>Prints every problem and every question. Returns 0 if the list could be recorded, or changes nothing.</summary>
    public Task<int> CheckAsync(CancellationToken cancellationToken) =>
        RegisterAccess.RunAsync(
            async services =>
            {
                var (preview, _, _) = await PreviewAsync(services, cancellationToken);
                return Tell(preview, isRecorded: false);
            },
            cancellationToken
        );

    /// <summary>Records the list as one act, if all of it can be read and everything is decided.</summary>
    public Task<int> ImportAsync(string reason, bool isPreview, CancellationToken cancellationToken) =>
        RegisterAccess.RunAsync(
            async services =>
            {
                var (preview, draft, bytes) = await PreviewAsync(services, cancellationToken);
                if (isPreview || !preview.IsReady)
                    return Tell(preview, isRecorded: false);
                var register = services.GetRequiredService<IListImportRegister>();
                Progress("recording", preview.Compared.New.Length + preview.Compared.Changed.Length);
                var full = await register.SaveDraftAsync(draft, Sender, bytes, TimeProvider.System.GetUtcNow(), cancellationToken);
                if (full is not null)
                    throw new UsageException(full.Sentence);
                var outcome = await register.RecordAsync(
                    draft,
                    preview.Compared,
                    RegisterAccess.Operator,
                    reason,
                    TimeProvider.System.GetUtcNow(),
                    cancellationToken
                );
                foreach (var refusal in outcome.Refusals)
                    await Console.Error.WriteLineAsync($"Nothing was recorded: {refusal.Sentence}");
                return outcome.IsDone ? Tell(preview, isRecorded: true, draft.Id) : 1;
            },
            cancellationToken
        );

    private async Task<(ListPreview Preview, ListImport Draft, byte[] Bytes)> PreviewAsync(
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var policies = services.GetRequiredService<IPolicyRegister>();
        await RegisterAccess.MustBeFilledAsync(policies, cancellationToken);
        if (new FileInfo(Path).Length > CityList.MaxBytes)
            throw new UsageException($"'{Path}' has more than {CityList.MaxBytes} bytes: split the list into several files.");
        var bytes = await File.ReadAllBytesAsync(Path, cancellationToken);
        var mapping = await ReadAsync<ListMapping>(MappingFile, cancellationToken);
        mapping = mapping.List.Length > 0 ? mapping : mapping with { List = "devices" };
        var decisions = await ReadAsync<ImportDecisions>(DecisionsFile, cancellationToken);
        if (DraftChecks.Check(mapping, decisions) is [var refusal, ..])
            throw new UsageException($"The mapping or the decisions cannot be used: {refusal.Sentence}");
        var governance = (await policies.HistoryAsync(cancellationToken)).Current;
        var city = governance.City;
        var lists = NamedLists.From(await services.GetRequiredService<INamedListRegister>().AllAsync(cancellationToken));
        Progress("reading", 0);
        var list = new CityListReader().Read(bytes, mapping.Options, cancellationToken);
        Progress("comparing", list.Rows.Length);
        var preview = ListPreview.Create(
            list,
            mapping,
            decisions,
            new FactChecks(city, lists, new AreaCheck(), city.DayAt(TimeProvider.System.GetUtcNow()))
            {
                RetiredTechnologies = governance.Table.RetiredTechnologies,
            },
            await services.GetRequiredService<IPlaceRegister>().PlacesAsync(cancellationToken),
            await services.GetRequiredService<IListImportRegister>().RegisteredAsync(mapping.List, cancellationToken),
            cancellationToken
        );
        var draft = new ListImport(
            "im-" + RandomNumberGenerator.GetString(IdLetters, 12),
            System.IO.Path.GetFileName(Path),
            Convert.ToHexStringLower(SHA256.HashData(bytes)),
            list.Format,
            mapping,
            decisions,
            ListImportState.Draft,
            TimeProvider.System.GetUtcNow()
        )
        {
            Version = 1,
        };
        return (preview, draft, bytes);
    }

    private static async Task<T> ReadAsync<T>(string? path, CancellationToken cancellationToken)
        where T : class, new()
    {
        if (path is null)
            return new T();
        if (!File.Exists(path))
            throw new UsageException($"There is no file '{path}'.");
        try
        {
            return JsonSerializer.Deserialize<T>(await File.ReadAllTextAsync(path, cancellationToken), Json.Options) ?? new T();
        }
        catch (JsonException invalid)
        {
            throw new UsageException($"'{path}' cannot be read as JSON, line {invalid.LineNumber + 1}: correct it there.");
        }
    }

    private int Tell(ListPreview preview, bool isRecorded, string? import = null)
    {
        var compared = preview.Compared;
        string[] open =
        [
            .. preview.MappingRefusals.Select(refusal => refusal.Sentence),
            .. preview.Problems.Take(ListProblem.MaxListed).Select(problem => $"{System.IO.Path.GetFileName(Path)}: {problem}"),
            .. preview.Problems.Length > ListProblem.MaxListed
                ? (string[])[$"And {preview.Problems.Length - ListProblem.MaxListed} more problems."]
                : [],
            .. compared.Undecided,
        ];
        if (!AsJson)
        {
            foreach (var line in open)
                Console.Error.WriteLine(line);
            foreach (var note in preview.List.Notes)
                Console.Error.WriteLine(note);
        }

        var counts =
            $"{compared.New.Length} new, {compared.Changed.Length} changed, {compared.Unchanged} as registered, "
            + $"{compared.Gone.Length} gone";
        var text =
            isRecorded ? $"Recorded as {import}: {counts}."
            : open.Length > 0 ? $"{open.Length} things are wrong or not decided; nothing was recorded: {counts}."
            : compared.IsEmpty ? $"Nothing to record: {counts}."
            : $"It can be recorded: {counts}.";
        CommandOutput.Done(
            new
            {
                recorded = isRecorded,
                import,
                added = compared.New.Length,
                changed = compared.Changed.Length,
                compared.Unchanged,
                compared.Gone,
                compared.Duplicates,
                problems = preview.Problems.Take(ListProblem.MaxListed),
                mappingProblems = preview.MappingRefusals,
                preview.List.Notes,
            },
            text,
            AsJson
        );
        return open.Length == 0 ? 0 : 1;
    }

    /// <summary>Says on the error output of a terminal what goes on.</summary>
    private static void Progress(string what, int count)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.WriteLine(count == 0 ? $"{what} …" : $"{what} {count} devices …");
    }
}
