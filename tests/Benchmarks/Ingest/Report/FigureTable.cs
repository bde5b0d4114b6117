using System.Text;

namespace SurveillanceRegistry.Benchmarks.Ingest.Report;

/// <summary>The figures of one run: printed as they are measured, and returned as Markdown at the end.</summary>
internal sealed class FigureTable(BenchmarkScale scale)
{
    private readonly List<Figure> _figures = [];
    private readonly List<string> _notes = [];

    public void Add(Figure figure)
    {
        if (!scale.IsFull)
            figure = figure with { IsReached = null };
        _figures.Add(figure);
        Console.WriteLine(
            $"""

            {figure.Load}
              ours     {figure.Registry}
              beside   {figure.Peer}
              latency  {figure.Latency}
              cores    {figure.Cores}
              took     {figure.Duration}
              goal     {figure.Goal}: {GoalText(figure)}
            """
        );
    }

    public void AddNote(string sentence)
    {
        _notes.Add(sentence);
        Console.WriteLine($"  {sentence}");
    }

    public async Task<string> ToMarkdownAsync()
    {
        var text = new StringBuilder();
        text.AppendLine("# Figures of the ingest").AppendLine();
        text.Append("Printed by `dotnet run -c Release --project tests/Benchmarks -- ingest` ")
            .Append($"on {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC. ")
            .AppendLine("`tests/Benchmarks/Ingest/README.md` says what each figure means.")
            .AppendLine();
        if (!scale.IsFull)
            text.AppendLine("**Run with `--small`: this proves that the measurements run, and says nothing about speed.**").AppendLine();
        text.AppendLine(await MachineDescription.CreateAsync()).AppendLine();
        text.Append("**The load generator shares the same cores with the system under test, always**; ")
            .Append("nothing is pinned, everything is on loopback. ")
            .Append("Rates are the median [lowest–highest] of three timed runs after a warm-up, every system warm in the same run; ")
            .Append("ratios are what to compare, absolute figures are this machine's. ")
            .Append("*Cores* are of the run that gave the median: how many each process used, with all its children; ")
            .AppendLine("*other* is everything else on the machine.")
            .AppendLine();
        text.AppendLine("| Load | Ours | Beside it, in the same run | Latency | Cores | Took | Goal | |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var figure in _figures)
            text.Append($"| {figure.Load} | {figure.Registry} | {figure.Peer} | {figure.Latency} | {figure.Cores} ")
                .AppendLine($"| {figure.Duration} | {figure.Goal} | {GoalText(figure)} |");
        text.AppendLine();
        foreach (var note in _notes)
            text.AppendLine($"- {note}");
        text.AppendLine().AppendLine("Where the time goes, and what separates us from the peers: [profile](ingest-profile.md).");
        return text.ToString();
    }

    private static string GoalText(Figure figure) =>
        figure.IsReached switch
        {
            true => "holds",
            false => "**missed**",
            null => "–",
        };
}
