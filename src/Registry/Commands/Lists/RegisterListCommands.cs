using System.Collections.Immutable;
using System.CommandLine;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Registers.Lists;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Geometry;
using SurveillanceRegistry.Files.Lists;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands.Lists;

/// <summary>
/// <c>registry places|screens check|import|export FILE</c>: lists in CSV, GeoJSON or XLSX, whose columns have the names of an export. A
/// list adds and changes, all of it or nothing. It takes nothing away: what it does not name stays, and the command says so.
/// </summary>
internal static class RegisterListCommands
{
    private const string DefaultReason = "At the command line of the server.";

    /// <summary>How many ids a sentence names at most.</summary>
    private const int MaxNamed = 10;

    public static Command CreatePlaces() =>
        Create<Place>("places", "The register of places.", _ => Task.FromResult(PlaceLists.Places(new AreaCheck())));

    public static Command CreateScreens() =>
        Create<Kiosk>(
            "screens",
            "The register of screens.",
            async services =>
                PlaceLists.Screens(
                    (await services.GetRequiredService<IPlaceRegister>().PlacesAsync(CancellationToken.None))
                        .Select(place => place.Id)
                        .ToHashSet(StringComparer.Ordinal)
                )
        );

    private static Command Create<T>(string name, string description, Func<IServiceProvider, Task<ListShape<T>>> shape)
        where T : class
    {
        var file = new Argument<string>("file") { Description = "A list in CSV, GeoJSON or XLSX." };
        var target = new Argument<string>("file") { Description = "The file to write, as CSV." };
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for all readers of the ledger.",
            DefaultValueFactory = _ => DefaultReason,
        };
        var check = new Command("check", "Compare a list with the register: every problem with its row and column.")
        {
            file,
            CommandOutput.AsJson,
        };
        check.SetAction((arguments, stop) => ReadAsync(shape, arguments, file, null, stop));
        var import = new Command("import", "Record what is new or changed in a list: all of it or nothing.")
        {
            file,
            reason,
            CommandOutput.AsJson,
        };
        import.SetAction((arguments, stop) => ReadAsync(shape, arguments, file, arguments.GetRequiredValue(reason), stop));
        var export = new Command("export", "Write the register as a list. Its import finds nothing to change.")
        {
            target,
            CommandOutput.AsJson,
        };
        export.SetAction((arguments, stop) => ExportAsync(shape, arguments, target, stop));
        return new Command(name, description) { check, import, export };
    }

    private static Task<int> ExportAsync<T>(
        Func<IServiceProvider, Task<ListShape<T>>> shape,
        ParseResult arguments,
        Argument<string> target,
        CancellationToken cancellationToken
    )
        where T : class =>
        RegisterAccess.RunAsync(
            async services =>
            {
                var path = Path.GetFullPath(arguments.GetRequiredValue(target));
                var versions = await services.GetRequiredService<IInventoryRegister<T>>().ListAsync(null, cancellationToken);
                var bytes = RegisterExport.WriteCsv(versions.Select(version => version.Value), await shape(services));
                await File.WriteAllBytesAsync(path, bytes, cancellationToken);
                return CommandOutput.Done(
                    new { path, rows = versions.Length },
                    $"Wrote {versions.Length} rows to {path}.",
                    arguments.GetValue(CommandOutput.AsJson)
                );
            },
            cancellationToken
        );

    /// <param name="reason">Null to record nothing.</param>
    private static Task<int> ReadAsync<T>(
        Func<IServiceProvider, Task<ListShape<T>>> shape,
        ParseResult arguments,
        Argument<string> file,
        string? reason,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var path = arguments.GetRequiredValue(file);
        if (!File.Exists(path))
            throw new UsageException($"There is no file '{path}'.");
        if (new FileInfo(path).Length > CityList.MaxBytes)
            throw new UsageException($"'{path}' has more than {CityList.MaxBytes} bytes: split the list into several files.");
        if (Registration.CheckReason(reason) is { } refusal)
            throw new UsageException(refusal.Sentence);
        return RegisterAccess.RunAsync(
            async services =>
            {
                await RegisterAccess.MustBeFilledAsync(services.GetRequiredService<IPolicyRegister>(), cancellationToken);
                var list = new CityListReader().Read(
                    await File.ReadAllBytesAsync(path, cancellationToken),
                    new ListOptions(),
                    cancellationToken
                );
                var registered = await services.GetRequiredService<IInventoryRegister<T>>().ListAsync(null, cancellationToken);
                var compared = RegisterComparison.Create(list, await shape(services), registered);
                var mayRecord = reason is not null && compared is { Problems.IsEmpty: true, Changes.IsEmpty: false };
                ImmutableArray<string> refused = mayRecord
                    ? await RecordAsync(services.GetRequiredService<IRegisterLists<T>>(), compared.Changes, reason!, cancellationToken)
                    : [];
                return Tell(compared, refused, mayRecord && refused.IsEmpty, arguments.GetValue(CommandOutput.AsJson));
            },
            cancellationToken
        );
    }

    /// <summary>Records the changes. Returns why not, in sentences.</summary>
    private static async Task<ImmutableArray<string>> RecordAsync<T>(
        IRegisterLists<T> register,
        ImmutableArray<ListedChange<T>> changes,
        string reason,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var act = new RegisterAct(RegisterAccess.Operator, reason, TimeProvider.System.GetUtcNow());
        var outcome = await register.RecordAsync(changes, act, cancellationToken);
        return outcome.IsDone ? [] : [.. outcome.Refusals.Select(refusal => refusal.Sentence)];
    }

    private static int Tell<T>(RegisterComparison<T> compared, ImmutableArray<string> refused, bool isRecorded, bool asJson)
        where T : class
    {
        string[] open = [.. compared.Problems.Take(ListProblem.MaxListed).Select(problem => $"{problem}"), .. refused];
        foreach (var line in asJson ? [] : open)
            Console.Error.WriteLine(line);
        var (added, changed) = (compared.New, compared.Changes.Length - compared.New);
        var missing = compared.Missing.IsEmpty
            ? ""
            : $" Not in the list, and left as registered: {string.Join(", ", compared.Missing.Take(MaxNamed))}"
                + (compared.Missing.Length > MaxNamed ? $" and {compared.Missing.Length - MaxNamed} more." : ".");
        var counts = $"{added} new, {changed} changed, {compared.Unchanged} as registered.{missing}";
        var text =
            isRecorded ? $"Recorded: {counts}"
            : open.Length > 0 ? $"{compared.Problems.Length + refused.Length} things are wrong; nothing was recorded."
            : compared.Changes.IsEmpty ? $"Nothing to record: {counts}"
            : $"It can be recorded: {counts}";
        CommandOutput.Done(
            new
            {
                recorded = isRecorded,
                added,
                changed,
                compared.Unchanged,
                compared.Missing,
                problems = compared.Problems.Take(ListProblem.MaxListed),
                refused,
            },
            text,
            asJson
        );
        return open.Length == 0 ? 0 : 1;
    }
}
