using System.Collections.Immutable;

namespace SurveillanceRegistry.Files;

/// <summary>An error in a file, for the person who corrects it.</summary>
/// <param name="File">The path or name under which the caller asked for the file.</param>
/// <param name="Line">From 1; 1 when the problem concerns the whole file.</param>
/// <param name="Column">From 1.</param>
/// <param name="Found">What the file has at this position.</param>
/// <param name="Expected">What the file may have there.</param>
public sealed record FileProblem(string File, int Line, int Column, string Found, string Expected)
{
    /// <summary>Formats the problem like a compiler message, so that editors can jump to it.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: found {Found}; expected {Expected}";
}

/// <summary>The result of reading files: a value or every problem, never both.</summary>
/// <param name="Value">Null if there is at least one problem.</param>
/// <param name="Problems">Ordered by file, line and column.</param>
public sealed record FileReading<T>(T? Value, ImmutableArray<FileProblem> Problems)
    where T : class
{
    /// <summary>Sorts the problems. Calls <paramref name="value"/> only if there are none.</summary>
    internal static FileReading<T> From(IEnumerable<FileProblem> problems, Func<T> value)
    {
        ImmutableArray<FileProblem> sorted =
        [
            .. problems
                .Distinct()
                .OrderBy(problem => problem.File, StringComparer.Ordinal)
                .ThenBy(problem => problem.Line)
                .ThenBy(problem => problem.Column),
        ];
        return new(sorted.IsEmpty ? value() : null, sorted);
    }
}
