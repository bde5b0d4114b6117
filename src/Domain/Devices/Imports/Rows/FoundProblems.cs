using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices.Imports.Rows;

/// <summary>The problems of the rows of a list, as they are found. They end at <see cref="ListProblem.MaxFound"/>.</summary>
internal sealed class FoundProblems
{
    /// <summary>The most characters of what was expected: a rule may name the text of a cell in it.</summary>
    private const int MaxExpected = 400;

    private readonly ImmutableArray<ListProblem>.Builder _problems = ImmutableArray.CreateBuilder<ListProblem>();
    private readonly HashSet<string> _columns = new(StringComparer.Ordinal);
    private int _row;

    public int Count => _problems.Count;

    public bool IsFull => _problems.Count >= ListProblem.MaxFound;

    /// <summary>Adds a problem, unless there are too many.</summary>
    public void Add(int row, string column, string found, string expected)
    {
        if (row != _row)
            _columns.Clear();
        _row = row;
        _columns.Add(column);
        if (!IsFull)
            _problems.Add(new ListProblem(row, column, found, expected.Length > MaxExpected ? expected[..MaxExpected] + "…" : expected));
    }

    /// <summary>
    /// Adds a cell that a rule of the register refuses. The rule is a sentence of its own; the end of it, or all of it, says what is
    /// expected.
    /// </summary>
    public void Add(int row, string column, string found, Refusal refusal) => Add(row, column, found, ExpectedBy(refusal.Sentence));

    private static string ExpectedBy(string sentence)
    {
        const string Expected = "expected ",
            NotValid = " is not a valid id: ";
        if (sentence.IndexOf(Expected, StringComparison.Ordinal) is var at and >= 0)
            return sentence[(at + Expected.Length)..].TrimEnd('.');
        return sentence.IndexOf(NotValid, StringComparison.Ordinal) is var id and >= 0
            ? "an id of " + sentence[(id + NotValid.Length)..].TrimEnd('.')
            : $"what the register takes: “{sentence}”";
    }

    /// <summary>Whether a problem of this cell was found. It is asked about the row that is being read.</summary>
    public bool Has(int row, string column) => row == _row && _columns.Contains(column);

    /// <summary>Every problem; at the end where reading stopped, if it did.</summary>
    /// <param name="next">The first row that was not looked at; null when all were.</param>
    public ImmutableArray<ListProblem> All(int? next)
    {
        if (next is { } row)
            _problems.Add(ListProblem.TooMany(row));
        return _problems.ToImmutable();
    }
}
