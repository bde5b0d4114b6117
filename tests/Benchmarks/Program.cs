using System.Globalization;
using SurveillanceRegistry.Benchmarks;
using SurveillanceRegistry.Benchmarks.Ingest;
using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Peers;
using SurveillanceRegistry.Benchmarks.Search;

// Prints the figures of the README, each beside its limit or a peer, in one run:
//   dotnet run -c Release --project tests/Benchmarks             a CSV table, a large table and ledger, a change until it is on a screen
//   dotnet run -c Release --project tests/Benchmarks -- table    only a CSV table
//   dotnet run -c Release --project tests/Benchmarks -- ledger   only a large ledger
//   dotnet run -c Release --project tests/Benchmarks -- backup   only a backup and a drill of 1 GB
//   dotnet run -c Release --project tests/Benchmarks -- search   only the search among 100,000 devices
//   dotnet run -c Release --project tests/Benchmarks -- strangers  only what strangers cost screens and devices
//   dotnet run -c Release --project tests/Benchmarks -- large    a CSV table, and a large table and ledger in a whole registry
//   dotnet run -c Release --project tests/Benchmarks -- clone    all, and from a clean clone to ready, with packages to download
//   dotnet run -c Release --project tests/Benchmarks -- suite    all, and the two tiers of the test suite
//   dotnet run -c Release --project tests/Benchmarks -- ingest   the ingest: see Ingest/README.md
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args.FirstOrDefault())
{
    case LoadGeneratorProcess.Verb:
        await LoadGeneratorProcess.RunAsync();
        return 0;
    case BareBroker.Verb:
        await BareBroker.RunAsync();
        return 0;
    case IngestCommand.Verb:
        return await IngestCommand.RunAsync(args[1..]);
}

Console.WriteLine(
    $"{DateTime.UtcNow:yyyy-MM-dd} {Environment.ProcessorCount} cores, {Environment.Version}, load generator and browser on the same cores"
);
if (args.Contains("ledger"))
{
    await LargeLedger.RunAsync();
    return 0;
}

if (args.Contains("backup"))
{
    await LargeBackup.RunAsync();
    return 0;
}

if (args.Contains(LargeSearch.Verb))
{
    await LargeSearch.RunAsync();
    return 0;
}

if (args.Contains(Strangers.Verb))
{
    await Strangers.RunAsync();
    return 0;
}

CsvTable.Run();
if (args.Contains("table"))
    return 0;
await LargeTable.RunAsync();
await LargeLedger.RunAsync();
if (args.Contains("large"))
    return 0;
await ChangeToScreen.RunAsync();
if (args.Contains("clone"))
    await CloneToReady.RunAsync();
if (args.Contains("suite"))
    await TestSuite.RunAsync();
return 0;
