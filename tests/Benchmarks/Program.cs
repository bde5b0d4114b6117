using System.Globalization;
using SurveillanceRegistry.Benchmarks;
using SurveillanceRegistry.Benchmarks.Ingest;

// Prints the figures of the README, each beside its limit or a peer, in one run:
//   dotnet run -c Release --project tests/Benchmarks             a table from a file, from a change to the screen
//   dotnet run -c Release --project tests/Benchmarks -- table    a table from a file, and nothing else
//   dotnet run -c Release --project tests/Benchmarks -- ledger   a large ledger, and nothing else
//   dotnet run -c Release --project tests/Benchmarks -- large    that, and a large table and ledger in a whole registry
//   dotnet run -c Release --project tests/Benchmarks -- clone    also from a clean clone to ready, with packages to download
//   dotnet run -c Release --project tests/Benchmarks -- suite    also the two tiers of the suite
//   dotnet run -c Release --project tests/Benchmarks -- ingest   the ingest: see Ingest/README.md
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args.FirstOrDefault())
{
    case Generator.Verb:
        await Generator.RunAsync();
        return 0;
    case BareBroker.Verb:
        await BareBroker.RunAsync();
        return 0;
    case IngestFigures.Verb:
        return await IngestFigures.RunAsync(args[1..]);
}

Console.WriteLine(
    $"{DateTime.UtcNow:yyyy-MM-dd} {Environment.ProcessorCount} cores, {Environment.Version}, load generator and browser on the same cores"
);
if (args.Contains("ledger"))
{
    await LargeLedger.RunAsync();
    return 0;
}

TableFromFile.Run();
if (args.Contains("table"))
    return 0;
await LargeTable.RunAsync();
await LargeLedger.RunAsync();
if (args.Contains("large"))
    return 0;
await FromChangeToScreen.RunAsync();
if (args.Contains("clone"))
    await FromCloneToReady.RunAsync();
if (args.Contains("suite"))
    await Suite.RunAsync();
return 0;
