using System.Collections.Immutable;

namespace SurveillanceRegistry.Files;

/// <summary>Something wrong in a file, for the person who can put it right.</summary>
/// <param name="File">The file, as the reader was asked for it.</param>
/// <param name="Line">1, 2, …; 1 when the whole file is meant.</param>
/// <param name="Column">1, 2, …</param>
/// <param name="Found">What stands there.</param>
/// <param name="Expected">What may stand there.</param>
public sealed record FileProblem(string File, int Line, int Column, string Found, string Expected)
{
    /// <summary>The problem as compilers write theirs, so that editors can jump to it.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: found {Found}; expected {Expected}";
}

/// <summary>What came of reading files: a value, or every problem there is. Never both.</summary>
/// <param name="Value">Null as soon as there is one problem.</param>
/// <param name="Problems">In the order of files and lines.</param>
public sealed record FileReading<T>(T? Value, ImmutableArray<FileProblem> Problems)
    where T : class
{
    internal static FileReading<T> From(IEnumerable<FileProblem> problems, Func<T> value)
    {
        ImmutableArray<FileProblem> all =
        [
            .. problems
                .Distinct()
                .OrderBy(problem => problem.File, StringComparer.Ordinal)
                .ThenBy(problem => problem.Line)
                .ThenBy(problem => problem.Column),
        ];
        return new(all.IsEmpty ? value() : null, all);
    }
}
